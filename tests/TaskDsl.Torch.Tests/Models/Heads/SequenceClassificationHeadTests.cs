using System.Text.Json.Nodes;
using TaskDsl.Formats;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models.Heads;

/// <summary>One label, several, or a number for a whole text; encoders' numbers are the golden tests'.</summary>
public sealed class SequenceClassificationHeadTests : TorchTest
{
    private static readonly HeadRequest Three = new(new SequenceClassificationHead(), ["x", "y", "z"]);

    /// <summary>
    /// transformers' LlamaForSequenceClassification: <c>score.weight</c> times the state of the right-most token that is no padding.
    /// </summary>
    [Theory]
    [InlineData("llama", "full"), InlineData("llama", "right"), InlineData("llama", "left")]
    [InlineData("qwen2", "left"), InlineData("gpt2", "right"), InlineData("bloom", "left")]
    public void A_decoders_scores_are_those_of_the_last_real_tokens_state_in_float64(string name, string @case)
    {
        using var golden = new GoldenModel(name);
        using var model = (Decoder)LanguageModel.Load(golden.Folder, Three, 1);
        Assert.DoesNotContain("lm_head.weight", model.Parameters.Keys);
        Assert.Equal(["score.weight"], model.TaskWeights);
        var score = model.Parameters["score.weight"].detach().to(ScalarType.Float64);
        var (states, real) = (golden[$"{@case}/last_hidden_state"].to(ScalarType.Float64), golden.Real(@case));
        var ids = golden[$"{@case}/input_ids"];
        var pattern = TaskDsl.Torch.Models.Layers.AttentionPattern.Padded(real);
        var hidden = model.Hidden(ids, golden.Maybe($"{@case}/position_ids"), pattern);
        for (var row = 0; row < ids.size(0); row++)
        {
            var last = real[row].nonzero().max().ToInt64();
            var expected = score.matmul(states[row, last]);
            int[] tokens = [.. ids[row].data<long>().ToArray().Select(id => (int)id)];
            Assert.Equal(last, model.PlaceOf(tokens));
            Close(expected, model.Logits(golden[$"{@case}/last_hidden_state"][row, last]), 1e-6);
            Close(expected, model.Logits(hidden[row, model.PlaceOf(tokens)]), 5e-5);
        }
    }

    [Fact]
    public void Each_label_has_its_probability()
    {
        var (head, task) = (new SequenceClassificationHead(), new HeadLettersTask());
        using var scores = arange(task.OutputFields[0].Labels.Count, dtype: ScalarType.Float32);
        var probabilities = head.Probabilities(task, scores)!;
        Assert.Equal(1, probabilities.Sum(), 1e-6);
        Assert.Equal(Math.E, probabilities[1] / probabilities[0], 1e-5);
        Assert.Equal(Math.Exp(head.LogProbability(task, scores)!.Value), probabilities[^1], 1e-6);
    }

    /// <summary>Of four thousand labels the product is 0 in floating point; the sum of the logarithms is a number.</summary>
    [Fact]
    public void The_probability_of_many_labels_has_a_logarithm()
    {
        using var scores = tensor(Enumerable.Repeat(1f, 4000).ToArray());
        var each = Math.Log(1 / (1 + Math.Exp(-1)));
        Assert.Equal(0, Math.Exp(4000 * each)); // What was taken the logarithm of.
        Assert.Equal(4000 * each, new SequenceClassificationHead().LogProbability(new ManyLabelsTask(), scores)!.Value, 0.01);
    }

    /// <summary>Where no score passes, or too few, the best ones are the answer, with the probability that they have.</summary>
    [Theory]
    [InlineData(0, new[] { -1f, -3, -2 }, ""), InlineData(1, new[] { -1f, -3, -2 }, "l0"), InlineData(1, new[] { -200f, -300, -100 }, "l2")]
    [
        InlineData(1, new[] { 1f, -3, 2 }, "l0 l2"),
        InlineData(2, new[] { -1f, -3, 2 }, "l0 l2"),
        InlineData(3, new[] { -1f, -3, -2 }, "l0 l1 l2")
    ]
    public void An_answer_has_at_least_as_many_labels_as_the_task_says(int least, float[] said, string expected)
    {
        var (head, task) = (new SequenceClassificationHead(), new ManyLabelsTask(said.Length, least));
        using var scores = tensor(said);
        string[] answer = [.. head.Answer(task, new LettersInput("a"), scores).AsArray().Select(label => (string)label!)];
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), answer);
        var sure = said.Index().Sum(score => -Math.Log(1 + Math.Exp(answer.Contains($"l{score.Index}") ? -score.Item : score.Item)));
        Assert.Equal(sure, head.LogProbability(task, scores)!.Value, 1e-4);
    }

    [Theory]
    [InlineData(0, new[] { 5, 6, 0, 0 }, 1), InlineData(0, new[] { 0, 0, 5, 6 }, 3), InlineData(0, new[] { 5, 0, 6, 0 }, 2)]
    [InlineData(0, new[] { 0, 0, 0 }, 0), InlineData(null, new[] { 5, 6, 0, 0 }, 3)]
    public void The_last_token_is_the_right_most_that_is_not_pad_token_id(int? padding, int[] ids, int place)
    {
        using var golden = new GoldenModel("llama");
        var config = golden.Model.Config.With(KeyValuePair.Create("pad_token_id", (JsonNode?)padding));
        using var model = LanguageModel.Create(config, 1);
        Assert.Equal(place, model.PlaceOf(ids));
    }

    [Theory]
    [
        InlineData("llama", "LlamaForSequenceClassification", "score.weight"),
        InlineData("gpt2", "GPT2ForSequenceClassification", "score.weight")
    ]
    [InlineData("gpt_neox", "GPTNeoXForSequenceClassification", "score.weight")]
    [InlineData("opt_postln_proj", "OPTForSequenceClassification", "score.weight")]
    [InlineData("bert_mlm", "BertForSequenceClassification", "classifier.weight,classifier.bias")]
    [InlineData(
        "bart",
        "BartForSequenceClassification",
        "classification_head.dense.weight,classification_head.dense.bias,"
            + "classification_head.out_proj.weight,classification_head.out_proj.bias"
    )]
    public void Names_are_those_of_transformers_and_are_read_again(string name, string architecture, string weights)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        using (var model = LanguageModel.Load(golden.Folder, Three, 1))
            model.Save(folder.Path);
        using var again = LanguageModel.Load(folder.Path);
        Assert.Equal(architecture, again.Config.ToJson()["architectures"]![0]!.GetValue<string>());
        Assert.Equal(weights.Split(','), again.TaskWeights);
        Assert.Equal(["x", "y", "z"], again.Config.Labels);
        Assert.Equal(3, again.Parameters[again.TaskWeights[^1]].size(0));
    }

    /// <summary>
    /// transformers' T5ForSequenceClassification: the decoder writes what was read, and a two-layer head reads the state at the end of the
    /// text.
    /// </summary>
    [Theory, InlineData("t5", "transformer."), InlineData("bart", "model.")]
    public void An_encoder_decoders_scores_are_those_of_the_end_of_its_text(string name, string prefix)
    {
        using var golden = new GoldenModel(name);
        using var model = (EncoderDecoder)LanguageModel.Load(golden.Folder, Three, 1);
        Assert.All(model.Parameters.Keys.Except(model.TaskWeights), key => Assert.StartsWith(prefix, key, StringComparison.Ordinal));
        var end = model.Config.EndOfText[0];
        int[][] texts =
        [
            [11, 12, 13, end],
            [14, 15, end],
        ];
        var batch = Rows(texts, model.Config.Padding!.Value);
        var scores = model.Logits(OfTexts(model, batch));
        for (var i = 0; i < texts.Length; i++)
        {
            var ids = tensor(texts[i].Select(id => (long)id).ToArray()).unsqueeze(0);
            var begun = tensor(texts[i].SkipLast(1).Prepend(model.Start).Select(id => (long)id).ToArray()).unsqueeze(0);
            var plain = (EncoderDecoder)golden.Model; // The same body.
            var state = plain.Hidden(plain.Encode(ids), begun)[0, texts[i].Length - 1];
            var inner = (state.matmul(P("dense.weight").t()) + P("dense.bias")).tanh();
            Close(inner.matmul(P("out_proj.weight").t()) + P("out_proj.bias"), scores[i], 1e-5);
        }

        Tensor P(string of) => model.Parameters["classification_head." + of];
    }

    [Fact]
    public void Texts_that_share_a_row_are_scored_as_if_each_had_its_own()
    {
        using var golden = new GoldenModel("llama");
        using var model = LanguageModel.Load(golden.Folder, Three, 1);
        int[][] texts =
        [
            [11, 12, 13],
            [14, 15],
            [16, 17, 18, 19],
        ];
        var apart = Rows(texts, 0);
        var packed = new TokenBatch(
            [
                [.. texts.Take(2).Select(Sequence)],
                [Sequence(texts[2])],
            ],
            0
        );
        Assert.True(packed.IsPacked);
        Close(OfTexts(model, apart), OfTexts(model, packed), 1e-5);
    }

    [Fact]
    public async Task A_recipe_puts_it_on_a_decoder_learns_answers_and_saves_an_adapter_as_peft_does()
    {
        using var folder = new TempFolder();
        var task = new HeadLettersTask();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Name = "whole",
            Tasks = [new TaskShare(new LettersPrompt(task))],
            Objective = new Classification(),
            Optimizer = new AdamW { LearningRate = 5e-3 },
            Batch = new Batch { Rows = 4, SequenceLength = 32 },
            Budget = new Budget { Epochs = 8 },
        };
        using (var run = await recipe.RunAsync(TrainingRunTests.Options(folder)))
        {
            Assert.IsType<Decoder>(run.Model.Model);
            Assert.Equal(1, run.After["letters", "en", "accuracy"]!.Value);
            Assert.Equal("d", (await run.Model.PredictAsync(task, recipe.Tasks[0].Prompt, new LettersInput("DXY"))).Letter);
        }

        var adapted = recipe with
        {
            Name = "adapted",
            Tuning = new Lora { Rank = 8 },
            Budget = new Budget { Epochs = 12 },
        };
        double? accuracy;
        using (var run = await adapted.RunAsync(TrainingRunTests.Options(folder)))
            accuracy = run.After["letters", "en", "accuracy"]!.Value;
        Assert.InRange(accuracy!.Value, 0.9, 1); // By chance: 0.2.
        var best = Path.Combine(folder.Path, "runs", "adapted", "best");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(best, "adapter_config.json")))!;
        Assert.Equal("SEQ_CLS", config["task_type"]!.GetValue<string>());
        Assert.Equal(["score"], config["modules_to_save"]!.AsArray().Select(m => m!.GetValue<string>()));
        using (var file = SafetensorsFile.Open(Path.Combine(best, "adapter_model.safetensors")))
            Assert.Equal([5, 32], file.Tensors["base_model.model.score.weight"].Shape);
        using var read = LoadedModel.Load(best);
        Assert.Equal("d", (await read.PredictAsync(task, recipe.Tasks[0].Prompt, new LettersInput("DXY"))).Letter);
    }

    [Fact]
    public void A_label_is_answered_however_it_is_written() =>
        Assert.Equal(SequenceClassificationHead.SingleLabel, new SequenceClassificationHead().For(new JsonLetters()).Problem);

    private sealed class JsonLetters : LettersTask
    {
        public override OutputFormat Format => new JsonFormat();
    }

    private static TokenSequence Sequence(int[] ids) => new(ids, new bool[ids.Length], default);

    private static TokenBatch Rows(int[][] texts, int padding) => new([.. texts.Select(ids => new[] { Sequence(ids) })], padding);

    private static Tensor OfTexts(LanguageModel model, TokenBatch batch)
    {
        using var pass = new ForwardPass(model, batch);
        return pass.OfTexts();
    }

    private sealed class ManyLabelsTask(int count = 4000, int least = 0) : HeadLettersTask("many")
    {
        public override IReadOnlyList<FieldInfo> OutputFields =>
            [new("letter", "labels", "", [.. Enumerable.Range(0, count).Select(i => $"l{i}")]) { AtLeast = least }];
    }
}
