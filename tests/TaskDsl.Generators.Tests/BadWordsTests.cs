using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Values that do not fit: each has a diagnostic at its place, and all are reported at once.</summary>
public class BadWordsTests
{
    [Theory]
    [InlineData("unknown_property", "tuning: {lora: {ranks: 8}}")]
    [InlineData("unknown_word", "tuning: {lara: {rank: 8}}")]
    [InlineData("unknown_bare_word", "optimizer: adam_w")]
    [InlineData("unknown_enum_word", "precision: float8")]
    [InlineData("two_words_of_a_choice", "tuning: {lora: {rank: 8}, full: {}}")]
    [InlineData("properties_beside_the_word", "optimizer:\n  adamw:\n  learning_rate: 1e-3")]
    [InlineData("text_for_number", "seed: one")]
    [InlineData("quoted_number", "seed: \"1\"")]
    [InlineData("fraction_for_whole_number", "seed: 1.5")]
    [InlineData("too_large_for_int", "seed: 3000000000")]
    [InlineData("yes_for_true", "activation_checkpointing: yes")]
    [InlineData("number_for_bool", "activation_checkpointing: 1")]
    [InlineData("not_a_number", "clip_norm: .nan")]
    [InlineData("infinity", "clip_norm: 1e999")]
    [InlineData("mapping_for_scalar", "seed: {value: 1}")]
    [InlineData("sequence_for_scalar", "seed: [1]")]
    [InlineData("scalar_for_list", "tasks: mood")]
    [InlineData("mapping_for_list", "tasks: {mood: 1}")]
    [InlineData("scalar_for_record", "batch: 8")]
    [InlineData("sequence_for_record", "batch: [8]")]
    [InlineData("null_for_number", "seed: ~")]
    [InlineData("below_range", "batch: {rows: 0}")]
    [InlineData("above_range", "budget: {epochs: 2e6}")]
    [InlineData("pattern", "device: gpu")]
    [InlineData("pattern_with_more_behind", "device: cpux")]
    [InlineData("missing_file", "corpus: [corpus/none.txt]")]
    [InlineData("missing_required", "tasks: [{weight: 2}]")]
    [InlineData("unknown_task", "tasks: [moodd]")]
    [InlineData("unknown_prompt", "tasks: [{task: mood, prompt: moodd}]")]
    public void Are_reported(string name, string line) =>
        Desk.Whole.Add("b.recipe.yaml", $"recipe: b\nmodel: models/base\n{line}\n").Run().VerifyDiagnostics(name);

    [Theory]
    [InlineData("{metric: acuracy}", 16)]
    [InlineData("{metric: {name: acuracy}}", 23)]
    public void A_text_that_names_a_word_is_one(string best, int column)
    {
        GeneratorRun Recipe(string yaml) =>
            Desk.Whole.Add("b.recipe.yaml", $"recipe: b\nmodel: models/base\nbest: {yaml}\ncorpus: []\n").Run();
        Recipe(best.Replace("acuracy", "accuracy", StringComparison.Ordinal)).Compiles();
        Recipe(best).Reports($"b.recipe.yaml(3,{column}): error TDSL1102: 'acuracy' is not a metric; did you mean 'accuracy'?");
    }

    /// <summary>What other programs call a property, and one at the wrong place, lead to it.</summary>
    [Theory]
    [InlineData("learning_rate: 1e-4", "optimizer: {adamw: {learning_rate: …}}")]
    [InlineData("lr: 1e-4\noptimizer: {sgd: {momentum: 0.9}}", "optimizer: {sgd: {learning_rate: …}}")]
    [InlineData("optimizer: {lr: 1e-4}", "optimizer: {adamw: {learning_rate: …}}")]
    [InlineData("optimizer: {adamw: {lr: 1e-4}}", "learning_rate")]
    [InlineData("weight_decay: 0", "optimizer: {adamw: {weight_decay: …}}")]
    [InlineData("tuning: {lora: {r: 8}}", "rank")]
    [InlineData("tuning: {lora: {lora_alpha: 8}}", "alpha")]
    [InlineData("tuning: {lora: {target_modules: [query]}}", "sites")]
    [InlineData("lora_r: 8", "tuning: {lora: {rank: …}}")]
    [InlineData("num_train_epochs: 3", "budget: {epochs: …}")]
    [InlineData("epochs: 3", "budget: {epochs: …}")]
    [InlineData("per_device_train_batch_size: 8", "batch: {rows: …}")]
    [InlineData("gradient_accumulation_steps: 8", "batch: {accumulation: …}")]
    [InlineData("max_seq_length: 8", "batch: {sequence_length: …}")]
    [InlineData("max_grad_norm: 8", "clip_norm")]
    [InlineData("warmup_ratio: 0.1", "schedule: {cosine: {warm_up: …}}")]
    [InlineData("warmup_steps: 8", "schedule: {cosine: {warm_up_steps: …}}")]
    [InlineData("bf16: true", "precision")]
    [InlineData("gradient_checkpointing: true", "activation_checkpointing")]
    [InlineData("eval_steps: 8", "evaluation: {every: …}")]
    [InlineData("save_steps: 8", "checkpoints: {every: …}")]
    [InlineData("weight: 8", "tasks: [{weight: …}]")]
    public void Names_that_others_use_lead_to_ours(string line, string meant) =>
        Assert.Contains(
            $"; did you mean '{meant}'?",
            Desk.Whole.Add("b.recipe.yaml", $"recipe: b\nmodel: models/base\n{line}\n").Run().Report(),
            StringComparison.Ordinal
        );

    // What lists all words does so over a vocabulary of its own: a new word of ours changes nothing here.
    [Theory]
    [InlineData("null_for_word", "cage:")]
    [InlineData("sequence_for_choice", "cage: [open]")]
    [InlineData("name_twice", "name: b")]
    [InlineData("merge_key", "<<: {legs: 4}")]
    public void Are_told_what_there_is(string name, string line) =>
        Desk.Empty.AddSource("zoo.cs", Zoo).Add("a.animal.yaml", $"animal: a\n{line}\n").Run().VerifyDiagnostics(name);

    /// <summary>
    /// What indentation and missing signs make of YAML that is YAML all the same: one mistake, told where it can be mended.
    /// </summary>
    [Theory]
    [InlineData(
        "too_deep",
        "task: a\ninput:\n  line: text\n  output:\n    grade: {type: label, labels: [x]}\n  examples: [data/none.jsonl]\n"
    )]
    [InlineData(
        "too_deep_beside_another_mistake",
        "task: a\ninput:\n  output:\n    grade: {type: label, labels: [x]}\n  line: {type: text, sumary: The line.}\n"
    )]
    [InlineData("a_field_of_that_name", "task: a\ninput:\n  output: {type: text, sumary: What came out.}\n")]
    [InlineData("not_below_its_name", "task: a\ninput: {line: text}\noutput:\n  grade:\n  type: label\n  labels: [x]\n")]
    [InlineData(
        "not_below_its_name_beside_other_mistakes",
        "task: a\ninput: {line: text}\noutput:\n  first: {tpye: text}\n  grade:\n  type: label\n  labels: [x]\n  last: {tpye: text}\n"
    )]
    [InlineData("a_field_called_like_a_property", "task: a\ninput: {line: text}\noutput:\n  labels: {tpye: text}\n")]
    [InlineData("not_below_its_key", "task: a\ninput:\nline: text\nword: text\noutput: {grade: text}\n")]
    [InlineData("no_colon", "task: a\ninput: {line: {type text, summary: The line.}}\noutput: {grade: text}\n")]
    [InlineData("comma_in_a_text", "task: a\ninput: {line: {type: text, summary: A line, as written}}\noutput: {grade: text}\n")]
    public void Are_told_by_the_layout(string name, string yaml) => Desk.Empty.Add("a.task.yaml", yaml).Run().VerifyDiagnostics(name);

    /// <summary>A name that other programs use for a property is that property's, and no value of a key above that has none.</summary>
    [Fact]
    public void A_name_that_others_use_is_not_taken_for_a_value_of_the_key_above() =>
        Desk.WithRecipe("recipe: a\nmodel: models/base\ncorpus:\nbf16: true\n")
            .Run()
            .Reports("a.recipe.yaml(4,1): error TDSL1101: 'bf16' is not a property of recipe; did you mean 'precision'?");

    /// <summary>What is a property where it stands, too, is not what the mapping above lacks, and its mistakes are its own.</summary>
    [Theory]
    [InlineData("den: {legs: x, doors: y}", 2)]
    [InlineData("cage: {den: {legs: x}}", 1)]
    [InlineData("house: {legs: {doors: x}}", 1)]
    public void A_property_of_the_same_name_below_is_not_taken_for_the_one_that_is_missing(string line, int mistakes)
    {
        const string zoo = """
            using TaskDsl.Vocabulary;
            namespace Zoo;
            [Document("animal")] public sealed record Animal : Definition
            {
                public required int Legs { get; init; }
                public Den Den { get; init; } = new();
                public Cage Cage { get; init; } = new OfDens();
                public System.Collections.Generic.IReadOnlyDictionary<string, Den> House { get; init; } = null!;
            }
            public sealed record Den { public int Legs { get; init; } public int Doors { get; init; } }
            public abstract record Cage;
            [Keyword("den")] public sealed record OfDens : Cage { public int Legs { get; init; } }
            """;
        var found = Desk.Empty.AddSource("zoo.cs", zoo).Add("a.animal.yaml", $"animal: a\n{line}\n").Run().Report();
        Assert.Contains("a.animal.yaml(1,1): error TDSL1105: animal needs 'legs'\n", found, StringComparison.Ordinal);
        Assert.Equal(1 + mistakes, found.Split(": error ").Length - 1);
    }

    /// <summary>The package knows our extensions; those of a source of a project's own it does not.</summary>
    [Theory]
    [InlineData("data/x.pipes", "; if it is there, show such files to the compiler by <AdditionalFiles Include=\"data/*.pipes\" />")]
    [InlineData("data/x.jsonl", "names no file or folder of the project")]
    public void A_file_that_the_compiler_is_not_shown_says_how(string path, string told)
    {
        const string pipes = """
            using System.Collections.Generic; using System.Threading; using TaskDsl.Data; using TaskDsl.Vocabulary;
            [Keyword("pipes", Matches = "*.pipes")] public sealed record Pipes : FileSource
            {
                public override IAsyncEnumerable<SourceRecord> ReadAsync(string path, CancellationToken cancellationToken) => throw null!;
            }
            """;
        var report = Desk.Empty.AddSource("pipes.cs", pipes).Add("mood.task.yaml", $"{Desk.Task}\nexamples: [{path}]\n").Run().Report();
        Assert.Contains(told, report, StringComparison.Ordinal);
        Assert.Equal(path.EndsWith("pipes", StringComparison.Ordinal), report.Contains("AdditionalFiles", StringComparison.Ordinal));
    }

    private const string Zoo = """
        using TaskDsl.Vocabulary;
        namespace Zoo;
        [Document("animal")] public sealed record Animal : Definition
        {
            public int Legs { get; init; }
            public Cage Cage { get; init; } = new Open();
        }
        public abstract record Cage;
        [Keyword("open")] public sealed record Open : Cage;
        [Keyword("glass")] public sealed record Glass : Cage;
        """;

    [Fact]
    public void All_at_once() =>
        Desk
            .Empty.Add(
                "a.recipe.yaml",
                "recipe: a\nmodle: models/base\nseed: x\ntuning: {lora: {rank: 0, alfa: 3}}\ntasks: [mood, {promt: "
                    + "mood}]\nbatch:\n  rows: 1\n  rows: 2\n"
            )
            .Add("b.recipe.yaml", "recipe: b\nmodel: models/bose\nprecision: bf16\n")
            .Add("c.task.yaml", "task: c\ninput: {x: txt}\noutput: {}\n")
            .Run()
            .VerifyDiagnostics();

    [Fact]
    public void A_model_beside_the_project_is_not_looked_for() =>
        Desk.WithRecipe("recipe: a\nmodel: ../models/other\ncorpus: []\n").Run().Compiles();

    [Fact]
    public void Without_a_reference_to_TaskDsl_that_is_what_is_said()
    {
        var framework = Desk.Whole.References.Where(r =>
            r.Display is { } path && Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
        );
        var run = (Desk.Whole with { References = [.. framework] }).Run();
        run.Reports(
            "prompts/mood.prompt.yaml(1,1): error TDSL1109: 'prompt' is not a kind of definition; the project does not refer to TaskDsl",
            "recipes/mood_lora.recipe.yaml(1,1): error TDSL1109: 'recipe' is not a kind of definition; the project does not "
                + "refer to TaskDsl",
            "tasks/mood.task.yaml(1,1): error TDSL1109: 'task' is not a kind of definition; the project does not refer to TaskDsl"
        );
        Assert.Empty(run.Files);
    }

    [Fact]
    public void Without_a_reference_to_Torch_recipes_say_so()
    {
        var references = Desk.Whole.References.Where(r => r.Display is { } path && !path.Contains("Torch", StringComparison.Ordinal));
        (Desk.Whole with { References = [.. references] })
            .Run()
            .Reports(
                "recipes/mood_lora.recipe.yaml(1,1): error TDSL1109: 'recipe' is not a kind of definition; recipes need a "
                    + "reference to TaskDsl.Torch"
            );
    }
}
