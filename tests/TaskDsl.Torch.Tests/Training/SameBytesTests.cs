using TaskDsl.Formats;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Two runs of one recipe and seed give the same bytes; another seed gives others.</summary>
public sealed class SameBytesTests : TorchTest
{
    public static TheoryData<string> Recipes => [.. All("").Keys];

    [Theory, MemberData(nameof(Recipes))]
    public async Task Two_runs_of_a_recipe_write_the_same_numbers_and_the_same_weights(string name)
    {
        TorchRuntime.Threads = 2;
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("corpus.txt"),
            string.Join(
                "\n\n",
                Enumerable.Range(0, 40).Select(i => $"The cat number {i} sat on the mat.\nThen it slept, and then it ate {i} mice.")
            )
        );
        var recipe = All(TinyModel.Write(folder.File("model")))[name] with { Budget = new Budget { Steps = 12 } };
        foreach (
            var run in (Recipe[])[recipe with { Name = "first" }, recipe with { Name = "second" }, recipe with { Name = "third", Seed = 2 }]
        )
            (await run.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false })).Dispose();

        string[] files = [.. Files("first").Order()];
        Assert.Contains("metrics.jsonl", files);
        Assert.Contains(files, f =>
            f.StartsWith("best/", StringComparison.Ordinal) && f.EndsWith(".safetensors", StringComparison.Ordinal)
        );
        Assert.Equal(files, Files("second").Order());
        foreach (var file in files)
            Assert.True(Bytes("first", file).SequenceEqual(Bytes("second", file)), file);
        Assert.NotEqual(Bytes("first", "metrics.jsonl"), Bytes("third", "metrics.jsonl"));

        // Run.json, the event file and times.jsonl say when; state.json says how long times.jsonl was, and SHA256SUMS its hash.
        IEnumerable<string> Files(string run) =>
            Directory
                .GetFiles(folder.File($"runs/{run}"), "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder.File($"runs/{run}"), f))
                .Where(f =>
                    Path.GetFileName(f) is not ("run.json" or "times.jsonl" or "state.json" or "SHA256SUMS")
                    && !f.Contains("tfevents", StringComparison.Ordinal)
                );

        byte[] Bytes(string run, string file) => File.ReadAllBytes(folder.File($"runs/{run}/{file}"));
    }

    private static Dictionary<string, Recipe> All(string model)
    {
        var plain = TinyModel.Recipe(model);
        var text = plain with { Tasks = [], Corpus = ["corpus.txt"] };
        var encoder = new NewEncoder
        {
            VocabularySize = 300,
            HiddenSize = 32,
            Layers = 1,
            Heads = 2,
            MaxPositions = 64,
            Tokenizer = new WordPiece(),
        };
        return new()
        {
            ["dropout"] = plain with { Dropout = 0.2 },
            ["lora"] = plain with
            {
                Tuning = new Lora { Rank = 4 },
                Dropout = 0.1,
            },
            ["no packing"] = plain with { Batch = plain.Batch with { Packing = false } },
            ["accumulation"] = plain with { Batch = plain.Batch with { Accumulation = 3 }, Dropout = 0.1 },
            ["two tasks"] = TinyModel.Recipe(model, "one", "two"),
            ["bfloat16"] = plain with { Precision = Precision.BFloat16 },
            ["prefix"] = plain with { Tuning = new PrefixTuning() },
            ["new model, new tokenizer"] = text with { Model = TinyModel.Source, Objective = new CausalLm() },
            ["masked_lm"] = text with { Model = encoder, Objective = new MaskedLm(), Dropout = 0.1 },
            ["dpo"] = plain with { Tasks = [new TaskShare(new LettersPrompt(new PreferencesTask()))], Objective = new Dpo() },
            ["distillation"] = plain with
            {
                Objective = new Distillation { Teacher = model },
                Dropout = 0.1,
            },
            ["contrastive"] = plain with
            {
                Objective = new Contrastive { Pooling = Pooling.Last },
                Batch = plain.Batch with { Rows = 8 },
                Dropout = 0.1,
            },
            ["ranking"] = plain with
            {
                Tasks = [new TaskShare(new LettersPrompt(new RankedTask()))],
                Objective = new Ranking { Candidates = "letter" },
                Dropout = 0.1,
            },
            ["classification"] = plain with
            {
                Model = encoder,
                Tasks = [new TaskShare(new LettersPrompt(new HeadLettersTask()))],
                Objective = new Classification(),
                Dropout = 0.1,
            },
            ["token_classification"] = plain with
            {
                Model = encoder,
                Tasks = [new TaskShare(new LettersPrompt(new FactsTask()))],
                Objective = new TokenClassification(),
                Dropout = 0.1,
            },
            ["float16"] = plain with { Precision = Precision.Float16, Dropout = 0.1 },
            ["adafactor"] = plain with { Optimizer = new Adafactor(), ActivationCheckpointing = true, Dropout = 0.1 },
            ["adamw_8bit"] = plain with
            {
                Optimizer = new AdamW8Bit { LearningRate = 1e-2, LayerDecay = 0.9 },
            },
            ["adam"] = plain with { Optimizer = new Adam { LearningRate = 1e-2 } },
            ["lion"] = plain with { Optimizer = new Lion { LearningRate = 1e-3 } },
            ["sgd"] = plain with { Optimizer = new Sgd { LearningRate = 1e-1 } },
            ["mixture"] = TinyModel.Recipe(model, "one", "two") with
            {
                Mixture = new Mixture { Temperature = 2, Cap = 20 },
            },
        };
    }

    private sealed class FactsTask() : HeadLettersTask("facts")
    {
        public override OutputFormat Format => new EntitiesFormat();

        public override IReadOnlyList<FieldInfo> OutputFields => [new("facts", "entities", "", ["who"])];

        public override IReadOnlyList<OutputItem> Items(object output) =>
            [new("facts/who", ((LettersOutput)output).Letter.ToUpperInvariant() + "AA")]; // Some of the texts.
    }

    private sealed class RankedTask() : LettersTask("ranked")
    {
        public override IReadOnlyList<OutputItem> Items(object output) =>
            [.. Enumerable.Range(0, 3).Select(i => new OutputItem("letter", ((char)(((LettersOutput)output).Letter[0] + i)).ToString()))];
    }
}
