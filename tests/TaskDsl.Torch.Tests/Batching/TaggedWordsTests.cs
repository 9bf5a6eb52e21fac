using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
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
        Assert.Equal(tags, string.Join(' ', words.Tag.Select(t => t == 0 ? "O" : $"{(t % 2 == 1 ? 'B' : 'I')}-{(t - 1) / 2}")));
        Assert.Equal(untagged, words.Untagged);
    }

    [Fact]
    public async Task What_has_no_tag_is_counted_from_the_cache_too()
    {
        using var folder = new TempFolder();
        var task = new EntitiesTask("who/nobody", "when/never");
        using var data = await DatasetBuilder.LoadAsync(task, new DataOptions());
        for (var round = 0; round < 2; round++)
        {
            using var cached = new CachedSource(
                new TaskSource
                {
                    Prompt = new LettersPrompt(task),
                    Examples = data[SplitName.Train],
                    Demonstrations = new Demonstrations([], 0, 1),
                    Tokenizer = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_gpt2")),
                    Objective = new TokenClassification(),
                },
                new TokenCache(folder.Path)
            );
            var report = new TrainingStream([cached], new Batch { SequenceLength = 64, Packing = false }, 0, 1).Measure(
                new Budget { Epochs = 2 }
            );
            Assert.Equal(2 * 2 * data[SplitName.Train].Count, report.Untagged);
            Assert.Null(report.Fill);
        }
    }
}
