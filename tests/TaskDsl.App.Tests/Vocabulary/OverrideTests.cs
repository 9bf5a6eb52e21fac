using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Vocabulary;

public sealed class OverrideTests
{
    private static readonly Words Words = Words.Of(typeof(OverrideTests).Assembly);
    private static readonly Override Override = new(Words, TaskCatalog.Default);

    private static Recipe Tiny => Recipes.Tiny;

    [Fact]
    public void Changes_a_copy()
    {
        var changed = Override.Apply(
            Tiny,
            ["tuning.lora.rank=16", "optimizer.adamw.learning_rate=1e-4", "batch.rows=2", "device=cuda:1", "precision=bfloat16"]
        );
        Assert.Equal(16, Assert.IsType<Lora>(changed.Tuning).Rank);
        Assert.Equal(1e-4, Assert.IsType<Torch.Optimizers.AdamW>(changed.Optimizer).LearningRate);
        Assert.Equal((2, Tiny.Batch.SequenceLength), (changed.Batch.Rows, changed.Batch.SequenceLength));
        Assert.Equal(("cuda:1", "tiny"), (changed.Device, changed.Name));
        Assert.IsType<Full>(Tiny.Tuning);
        Assert.Equal(4, Tiny.Batch.Rows);
    }

    [Theory]
    [InlineData("tuning=lora", "lora")]
    [InlineData("tuning=full", "full")]
    public void A_choice_is_made_by_its_bare_word(string setting, string word) =>
        Assert.Equal(word, DefinitionJson.Write(Override.Apply(Tiny, [setting]).Tuning)!.AsObject().Single().Key);

    [Fact]
    public void A_bare_value_makes_the_choice_that_takes_it()
    {
        Assert.Equal("models/x", Assert.IsType<Torch.Opening.Pretrained>(Override.Apply(Tiny, ["model=models/x"]).Model).Path);
    }

    [Fact]
    public void Entries_of_a_map_are_set_by_their_keys()
    {
        var lora = Assert.IsType<Lora>(
            Override
                .Apply(
                    Tiny,
                    [
                        "tuning.lora.rank_pattern.layers.0.*q_proj=2",
                        "tuning.lora.rank_pattern.q_proj=4",
                        "tuning.lora.alpha_pattern.v_proj=2.5",
                    ]
                )
                .Tuning
        );
        Assert.Equal([("layers.0.*q_proj", 2), ("q_proj", 4)], lora.RankPattern.Select(rank => (rank.Key, rank.Value)));
        Assert.Equal(("v_proj", 2.5), (lora.AlphaPattern.Single().Key, lora.AlphaPattern["v_proj"]));
        var error = Assert.Throws<WordException>(() => Override.Apply(Tiny, ["tuning.lora.rank_pattern.q_proj=0"]));
        Assert.Contains("tuning.lora.rank_pattern.q_proj: 0 is not allowed; expected 1 to 4096.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void References_are_found_by_name()
    {
        Assert.Equal("weather_short", Override.Apply(Tiny, ["tasks.0.prompt=weather_short"]).Tasks.Single().Prompt.Name);
        Assert.Equal(2.5, Override.Apply(Tiny, ["tasks.0.weight=2.5"]).Tasks.Single().Weight);
    }

    [Fact]
    public void A_tasks_only_prompt_goes_with_it()
    {
        var all = TaskCatalog.Default;
        var one = new Catalog
        {
            Tasks = all.Tasks,
            Prompts = [all.Prompts.Single(prompt => prompt.Name == "weather_short")],
            Definitions = all.Definitions,
            Assembly = all.Assembly,
        };
        var share = new Override(Words, one).Apply(Tiny, ["tasks=[weather]"]).Tasks.Single();
        Assert.Equal(("weather", "weather_short"), (share.Task.Name, share.Prompt.Name));
    }

    [Theory]
    [InlineData("optimizer.learning_rate=0.5", 0.5)]
    [InlineData("optimizer.weight_decay=0.25", 0.25)]
    public void The_chosen_word_may_be_left_out(string setting, double value)
    {
        var optimizer = Assert.IsType<Torch.Optimizers.AdamW>(Override.Apply(Tiny, [setting]).Optimizer);
        Assert.Contains(value, (double[])[optimizer.LearningRate, optimizer.WeightDecay]);
        // The word that was chosen just now counts.
        var sgd = Override.Apply(Tiny, ["optimizer=sgd", "optimizer.momentum=0.5"]).Optimizer;
        Assert.Equal(0.5, Assert.IsType<Torch.Optimizers.Sgd>(sgd).Momentum);
    }

    [Fact]
    public void A_part_that_is_word_and_property_is_ambiguous()
    {
        var zoo = new Override(new Words([typeof(Cage).Assembly]), TaskCatalog.Default);
        var message = Assert.Throws<WordException>(() => zoo.Apply(new Animal { Cage = new Glass() }, ["cage.open=2"])).Message;
        Assert.Equal(
            "cage.open: 'open' is a cage and a property of the one that is chosen; write cage.open.… or cage.glass.open.",
            message
        );
        Assert.Equal(2, Assert.IsType<Glass>(zoo.Apply(new Animal { Cage = new Glass() }, ["cage.glass.open=2"]).Cage).Open);
    }

    /// <summary>What other programs call a property, and one at the wrong place, lead to it.</summary>
    [Theory]
    [InlineData("lr=1e-4", "optimizer.adamw.learning_rate")]
    [InlineData("learning_rate=1e-4", "optimizer.adamw.learning_rate")]
    [InlineData("weight_decay=0", "optimizer.adamw.weight_decay")]
    [InlineData("optimizer.lr=1e-4", "optimizer.adamw.learning_rate")]
    [InlineData("lora_alpha=32", "tuning.lora.alpha")]
    [InlineData("lora_r=8", "tuning.lora.rank")]
    [InlineData("r=8", "tuning.lora.rank")]
    [InlineData("tuning.lora.r=8", "rank")]
    [InlineData("tuning.rank=8", "tuning.lora.rank")]
    [InlineData("tuning.lora.target_modules=[query]", "sites")]
    [InlineData("num_train_epochs=3", "budget.epochs")]
    [InlineData("epochs=3", "budget.epochs")]
    [InlineData("max_steps=3", "budget.steps")]
    [InlineData("per_device_train_batch_size=3", "batch.rows")]
    [InlineData("batch_size=3", "batch.rows")]
    [InlineData("batch.batch_size=3", "rows")]
    [InlineData("gradient_accumulation_steps=3", "batch.accumulation")]
    [InlineData("max_seq_length=3", "batch.sequence_length")]
    [InlineData("max_grad_norm=3", "clip_norm")]
    [InlineData("warmup_ratio=0.1", "schedule.cosine.warm_up")]
    [InlineData("schedule.linear.warmup_steps=3", "warm_up_steps")]
    [InlineData("fp16=true", "precision")]
    [InlineData("bf16=true", "precision")]
    [InlineData("gradient_checkpointing=true", "activation_checkpointing")]
    [InlineData("eval_steps=10", "evaluation.every")]
    [InlineData("save_steps=10", "checkpoints.every")]
    public void Names_that_others_use_lead_to_ours(string setting, string meant) =>
        Assert.EndsWith(
            $"; did you mean '{meant}'?",
            Assert.Throws<WordException>(() => Override.Apply(Tiny, [setting])).Message,
            StringComparison.Ordinal
        );

    /// <summary>What the compiler takes for the usual word of a choice is what the record has.</summary>
    [Fact]
    public void The_usual_word_is_the_default()
    {
        var defaults = Words.Default(typeof(Recipe));
        foreach (var property in Words.Properties(typeof(Recipe)).Where(p => Words.IsChoice(p.PropertyType)))
            if (property.GetCustomAttribute<System.ComponentModel.DefaultValueAttribute>() is { Value: var usual })
                Assert.Equal(Words.WordOf(property.GetValue(defaults)!.GetType()), usual);
    }

    [Theory]
    [InlineData("tasks=[weather]", "tasks", "'weather', 'weather_near', 'weather_short'")]
    [InlineData("", "no setting")]
    [InlineData("rank", "no setting")]
    [InlineData("=3", "no setting")]
    [InlineData("bach.rows=3", "bach", "did you mean 'batch'")]
    [InlineData("batch.row=3", "batch.row", "did you mean 'rows'")]
    [InlineData("batch.rows=three", "batch.rows", "whole number")]
    [InlineData("batch.rows=0", "batch.rows", "1 to")]
    [InlineData("batch.rows.x=3", "batch.rows", "single value")]
    [InlineData("batch=3", "batch", "several values")]
    [InlineData("tuning.lroa.rank=3", "tuning.lroa", "did you mean 'lora'")]
    [InlineData("tuning=loro", "tuning", "did you mean 'lora'")]
    [InlineData("optimizer.learning_rat=1", "optimizer.learning_rat: ", "is no optimizer; did you mean 'learning_rate'?")]
    [InlineData("optimizer.adafactr.clip=1", "optimizer.adafactr: ", "is no optimizer; did you mean 'adafactor'?")]
    [InlineData("optimizer.xyz=1", "optimizer.xyz: ", "is no optimizer; expected one of adafactor, adam", ", sgd.")]
    [InlineData("tuning.lora.rank=-1", "tuning.lora.rank", "1 to")]
    [InlineData("optimizer.adamw.learning_rate=fast", "optimizer.adamw.learning_rate", "a number")]
    [InlineData("optimizer.adamw.learning_rate=NaN", "optimizer.adamw.learning_rate", "a number")]
    [InlineData("optimizer.adamw.beta2=1", "optimizer.adamw.beta2", "0 to 0.9999999")]
    [InlineData("optimizer.adamw.epsilon=0", "optimizer.adamw.epsilon", "1e-37 to")]
    [InlineData("batch.packing=maybe", "batch.packing", "true or false")]
    [InlineData("precision=bfloat8", "precision", "did you mean 'bfloat16'")]
    [InlineData("tasks=[wether]", "tasks", "did you mean 'weather'")]
    [InlineData("tasks.4.weight=1", "tasks.4", "numbered from 0")]
    [InlineData("tasks.0.prompt.name=x", "tasks.0.prompt", "single value")]
    [InlineData("optimizer.adamw.learning_rate=-1", "optimizer.adamw.learning_rate", "is not allowed")]
    [InlineData("model.pretrained.chat_format=plain", "model.pretrained.path", "needs one")]
    [InlineData("name=other", "name")]
    public void A_mistake_names_the_path_and_what_was_expected(string setting, params string[] told)
    {
        var message = Assert.Throws<WordException>(() => Override.Apply(Tiny, [setting])).Message;
        foreach (var part in told)
            Assert.Contains(part, message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Every scalar of every word that a recipe can be made of, reached by its path, takes a value and refuses one that does not fit.
    /// </summary>
    [Fact]
    public void Every_value_of_the_vocabulary_can_be_set()
    {
        var paths = Paths(typeof(Recipe), "", [], []).ToList();
        Assert.Contains(paths, p => p.Path == "tuning.lora.rank");
        Assert.True(paths.Count > 40, $"only {paths.Count} paths");
        foreach (var (path, property, needed) in paths)
        {
            var value = Fitting(property);
            var changed = Override.Apply(Tiny, [.. needed, $"{path}={value}"]);
            Assert.Equal(value, Text(At(changed, path.Split('.'))));
            if (property.PropertyType != typeof(string))
                Assert.Contains(
                    path,
                    Assert.Throws<WordException>(() => Override.Apply(Tiny, [$"{path}=\u2603"])).Message,
                    StringComparison.Ordinal
                );
            if (
                property.GetCustomAttribute<RangeAttribute>() is { Minimum: not int.MinValue } range
                && Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) > int.MinValue
            )
            {
                var below = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) - 1;
                Assert.Contains(
                    path,
                    Assert
                        .Throws<WordException>(() => Override.Apply(Tiny, [string.Create(CultureInfo.InvariantCulture, $"{path}={below}")]))
                        .Message,
                    StringComparison.Ordinal
                );
            }
        }
    }

    private static IEnumerable<(string Path, PropertyInfo Property, string[] Needed)> Paths(
        Type type,
        string prefix,
        Type[] above,
        string[] needed
    )
    {
        needed = [.. needed, .. Needed(type, prefix)];
        foreach (var property in Words.Properties(type).Where(p => p.Name != nameof(Definition.Name)))
        {
            var path = prefix + Words.KeyOf(property);
            var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (inner == typeof(string) || inner.IsValueType)
                yield return (path, property, needed);
            else if (
                Words.IsReference(inner)
                || Words.ItemOf(inner) is not null
                || Words.ValueOf(inner) is not null
                || above.Contains(inner)
            )
                continue;
            else if (Words.IsChoice(inner))
                foreach (var (word, choice) in Words.Choices(inner))
                foreach (var found in Paths(choice, $"{path}.{word}.", [.. above, inner], needed))
                    yield return found;
            else
                foreach (var found in Paths(inner, path + ".", [.. above, inner], needed))
                    yield return found;
        }
    }

    /// <summary>What else the words on the way need.</summary>
    private static string[] Needed(Type type, string prefix) =>
        [
            .. Words
                .Properties(type)
                .Where(p => prefix.Length > 0 && Words.IsRequired(p))
                .Select(p =>
                    $"{prefix}{Words.KeyOf(p)}="
                    + (
                        p.IsDefined(typeof(WordOfAttribute)) ? "accuracy"
                        : p.PropertyType == typeof(string) ? Fitting(p)
                        : p.PropertyType == typeof(IReadOnlyList<Torch.Tuning.Adapters.TuningMethod>) ? "lora,ia3"
                        : "causal_lm,supervised"
                    )
                ),
        ];

    private static string Fitting(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(bool))
            return "true";
        if (type == typeof(TimeSpan))
            return "01:30:00";
        if (type.IsEnum)
            return Words.WordOf(Words.Members(type).Last());
        if (property.IsDefined(typeof(WordOfAttribute)))
            return "accuracy";
        if (property.IsDefined(typeof(FieldNameAttribute)))
            return "note";
        if (type == typeof(string))
            return property.GetCustomAttribute<RegularExpressionAttribute>() is not { } rule ? "models/x"
                : rule.IsValid("cpu") ? "cpu"
                : new string('0', 40);
        return property.GetCustomAttribute<RangeAttribute>() is { } range
            ? Convert.ToString(
                range.Minimum is 0 or 0.0
                    ? range.Maximum is double d && d < 1
                        ? d
                        : 1
                    : range.Minimum,
                CultureInfo.InvariantCulture
            )!
            : "7";
    }

    private static object? At(object? value, ReadOnlySpan<string> path)
    {
        foreach (var word in path)
        {
            if (
                value!.GetType().GetCustomAttribute<KeywordAttribute>()?.Word == word
                && Words.Properties(value.GetType()).All(p => Words.KeyOf(p) != word)
            )
                continue;
            value = Words.Properties(value.GetType()).First(p => Words.KeyOf(p) == word).GetValue(value);
        }

        return value;
    }

    private static string Text(object? value) =>
        value switch
        {
            bool b => b ? "true" : "false",
            Enum e => Words.WordOf(e.GetType().GetField(e.ToString())!),
            TimeSpan t => t.ToString("c", CultureInfo.InvariantCulture),
            IEnumerable and not string => "many",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}

public abstract record Cage;

[Keyword("open")]
public sealed record Open : Cage
{
    public int Bars { get; init; }
}

[Keyword("glass")]
public sealed record Glass : Cage
{
    public int Open { get; init; }
}

public sealed record Animal
{
    public Cage Cage { get; init; } = new Glass();
}
