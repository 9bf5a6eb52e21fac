using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class TaskSourceTests : TorchTest
{
    [Fact]
    public async Task The_answer_and_what_ends_it_carry_the_loss_and_nothing_else()
    {
        using var model = TinyModel.Open();
        using var source = await Source(model, new LettersPrompt(new LettersTask(), phrasings: 1), seed: 1);
        foreach (var index in Enumerable.Range(0, source.Count))
        {
            var sequence = source.Encode(index, 0).Sequences[0];
            var answer = sequence.Ids.Where((_, i) => sequence.CompletionMask[i]).ToArray();
            Assert.Equal(model.Tokenizer.EndOfText, answer[^1]);
            Assert.Equal(((LettersOutput)source.Examples[index].OutputValue).Letter, model.Tokenizer.Decode(answer));
            Assert.Equal(
                ((LettersInput)source.Examples[index].InputValue).Text + "\n",
                model.Tokenizer.Decode(sequence.Ids[..^answer.Length])
            );
        }
    }

    [Theory, InlineData("tokenizer_t5")]
    public async Task What_is_read_and_what_is_written_are_whole_texts_to_an_encoder_decoder(string name)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", name));
        using var source = await Source(tokenizer, new Supervised(), separate: true);
        var (sequence, example) = (source.Encode(3, 0).Sequences[0], (LettersExample)source.Examples[3]);
        var written = sequence.Ids.Where((_, i) => sequence.CompletionMask[i]).ToArray();
        Assert.Equal(tokenizer.EncodeText(example.Input.Text + "\n").Ids, sequence.Ids[..^written.Length]);
        Assert.Equal(tokenizer.EncodeText(example.Output.Letter).Ids, written);
        Assert.Equal(tokenizer.EndOfText, written[^1]);
    }

    [Theory, InlineData("tokenizer_bert_cased"), InlineData("tokenizer_roberta")]
    public async Task A_head_reads_the_prompt_as_the_reference_frames_it(string name)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", name));
        using var source = await Source(tokenizer, new Classification(), separate: false);
        var (sequence, example) = (source.Encode(3, 0).Sequences[0], (LettersExample)source.Examples[3]);
        Assert.Equal(tokenizer.EncodeText(example.Input.Text + "\n").Ids, sequence.Ids);
        Assert.Equal([example.Output.Letter[0] - 'a'], sequence.Target);
        Assert.DoesNotContain(true, sequence.CompletionMask);
    }

    private static async Task<TaskSource> Source(Tokenizer tokenizer, Objective objective, bool separate)
    {
        var data = await DatasetBuilder.LoadAsync(new LettersTask(), new DataOptions { ProjectDirectory = Path.GetTempPath() });
        return new TaskSource
        {
            Prompt = new LettersPrompt(new LettersTask(), phrasings: 1),
            Examples = data[SplitName.Train],
            Demonstrations = new Demonstrations([], new DemonstrationPlan(), 1),
            Tokenizer = tokenizer,
            Objective = objective,
            Separate = separate,
        };
    }

    [Fact]
    public async Task Phrasings_are_drawn_anew_in_each_pass_and_the_same_each_time()
    {
        using var model = TinyModel.Open();
        using var source = await Source(model, new LettersPrompt(new LettersTask()), seed: 1);
        using var again = await Source(model, new LettersPrompt(new LettersTask()), seed: 1);
        using var fixedSource = await Source(model, new LettersPrompt(new LettersTask()), seed: null);
        var asked = Texts(source, 0);
        Assert.Equal(asked, Texts(again, 0));
        Assert.NotEqual(asked, Texts(source, 1));
        Assert.InRange(asked.Count(t => t.StartsWith("Q: ", StringComparison.Ordinal)), 1, asked.Length - 1);
        Assert.DoesNotContain(Texts(fixedSource, 0), t => t.StartsWith("Q: ", StringComparison.Ordinal));

        string[] Texts(TaskSource from, int repetition) =>
            [.. Enumerable.Range(0, from.Count).Select(i => model.Tokenizer.Decode(from.Encode(i, repetition).Sequences[0].Ids))];
    }

    [Fact]
    public async Task Demonstrations_come_from_the_training_part_and_are_never_the_question_itself()
    {
        using var model = TinyModel.Open();
        using var source = await Source(model, new LettersPrompt(new LettersTask(), demonstrations: 3, phrasings: 1), seed: 1);
        var train = source.Examples.Select(e => ((LettersInput)e.InputValue).Text).ToHashSet();
        foreach (var index in Enumerable.Range(0, source.Count))
        {
            var sequence = source.Encode(index, 0).Sequences[0];
            var lines = model
                .Tokenizer.Decode(sequence.Ids, special: true)
                .Replace("<|endoftext|>", "\n", StringComparison.Ordinal)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(8, lines.Length);
            var words = lines.Where((_, i) => i % 2 == 0).ToArray();
            Assert.Equal(4, words.Distinct().Count());
            Assert.All(words, word => Assert.Contains(word, train));
            Assert.Equal(2, sequence.CompletionMask.Count(a => a)); // The demonstrations' answers carry no loss.
        }
    }

    private static async Task<TaskSource> Source(Torch.Opening.Loading.LoadedModel model, LettersPrompt prompt, int? seed)
    {
        var data = await DatasetBuilder.LoadAsync(prompt.Task, new DataOptions());
        return new TaskSource
        {
            Prompt = prompt,
            Examples = data[SplitName.Train],
            Demonstrations = new Demonstrations(data[SplitName.Train], prompt.Demonstrations, 1),
            Tokenizer = model.Tokenizer,
            Seed = seed,
        };
    }
}
