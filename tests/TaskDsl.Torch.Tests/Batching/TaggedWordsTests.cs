using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Cache;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class TaggedWordsTests
{
    private static readonly LettersInput Text = new("Acme pays Acme Ltd on 3 May");

    [Theory]
    [InlineData("O O B-0 I-0 O B-1 I-1", 0, "who/Acme Ltd", "when/3 May")]
    [InlineData("B-0 O B-0 O O O O", 0, "who/Acme", "who/Acme")]
    [InlineData("B-0 O B-0 O O O O", 1, "who/Acme", "who/Acme", "who/Acme")]
    [InlineData("O O B-0 I-0 O O O", 1, "who/Acme Ltd", "who/Ltd")]
    [InlineData("O O O O O B-1 I-1", 2, "who/Apex", "when/3 May", "when/May")]
    public void An_entity_takes_its_first_free_place_and_is_counted_where_there_is_none(string tags, int untagged, params string[] entities)
    {
        var words = TaggedWords.Of(new EntitiesTask(entities), Text, new LettersOutput(""));
        Assert.Equal(tags, Written(words));
        Assert.Equal(untagged, words.Untagged);
    }

    [Theory]
    [InlineData("On day 9 the Annual office thanked Ann.", "O O O O O O O B-0 O", 0, 0, "who/Ann")]
    [InlineData("Anna saw Ann, Ann saw Anna", "O O B-0 O B-0 O O", 1, 0, "who/Ann", "who/Ann", "who/Ann")]
    [InlineData("The annex of Maryann", "O B-0 O O", 0, 1, "who/ann")] // It never stands alone.
    [InlineData("Peters Peter-Pan", "O B-0 I-0 I-0", 0, 0, "who/Peter-Pan")]
    [InlineData("Annuity Ann Lee", "O B-0 I-0", 0, 0, "who/Ann Lee")]
    [InlineData("Ann Leeds, Ann Lee", "O O O B-0 I-0", 0, 0, "who/Ann Lee")]
    [InlineData("Annex", "B-1", 1, 0, "who/Ann", "when/Annex")] // Who is a whole word has it, whatever the order.
    [InlineData("住在北京市", "O O B-0 I-0 O", 0, 0, "who/北京")]
    [InlineData("ไปกรุงเทพ", "O O B-0 I-0 I-0 I-0 I-0 I-0", 0, 0, "who/กรุงเทพ")] // Thai: a letter with its marks is a word.
    [InlineData("It is here", "O O O", 1, 0, "who/")]
    public void An_entity_is_tagged_where_it_is_whole_words_and_inside_a_longer_one_only_where_it_never_is(
        string text,
        string tags,
        int untagged,
        int widened,
        params string[] entities
    )
    {
        var words = TaggedWords.Of(new EntitiesTask(entities), new LettersInput(text), new LettersOutput(""));
        Assert.Equal(tags, Written(words));
        Assert.Equal((untagged, widened), (words.Untagged, words.Widened));
    }

    [Fact]
    public async Task What_has_no_tag_is_counted_from_the_cache_too()
    {
        using var folder = new TempFolder();
        var task = new EntitiesTask("who/nobody", "when/never", "who/A");
        using var data = await DatasetBuilder.LoadAsync(task, new DataOptions());
        for (var round = 0; round < 2; round++)
        {
            using var cached = new CachedSource(
                new TaskSource
                {
                    Prompt = new LettersPrompt(task),
                    Examples = data[SplitName.Train],
                    Demonstrations = new Demonstrations([], new DemonstrationPlan(), 1),
                    Tokenizer = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_gpt2")),
                    Objective = new TokenClassification(),
                },
                new TokenCache(folder.Path)
            );
            var report = new TrainingStream([cached], new Batch { SequenceLength = 64, Packing = false }, 0, 1).Measure(
                new Budget { Epochs = 2 }
            );
            var inside = data[SplitName.Train].Count(e => ((LettersInput)e.InputValue).Text.Contains('A', StringComparison.Ordinal));
            Assert.InRange(inside, 1, data[SplitName.Train].Count - 1);
            Assert.Equal(2 * (3 * data[SplitName.Train].Count - inside), report.Untagged);
            Assert.Equal(2 * inside, report.Widened);
            Assert.Null(report.Fill);
        }
    }

    private static string Written(TaggedWords words) =>
        string.Join(' ', words.Tag.Select(t => t == 0 ? "O" : $"{(t % 2 == 1 ? 'B' : 'I')}-{(t - 1) / 2}"));
}
