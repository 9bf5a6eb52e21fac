using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Splits;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Vocabulary;

public sealed class MistakesTests
{
    private static readonly Words Words = Words.Of(typeof(MistakesTests).Assembly);

    private static Recipe Tiny => Recipes.Tiny;

    private static Recipe Wrong =>
        Tiny with
        {
            Batch = new Batch { Rows = 0, Accumulation = -1 },
            Dropout = 3,
            Tuning = new Combined { Parts = [new Lora { Rank = 0 }] },
            Device = "gpu",
            ClipNorm = double.NaN,
            Precision = (Precision)7,
            Model = new Pretrained { Path = null! },
        };

    [Fact]
    public void What_the_compiler_accepts_has_none()
    {
        foreach (var recipe in TaskCatalog.Default.Definitions)
            Assert.Empty(Mistakes.In(recipe));
    }

    [Fact]
    public void All_are_told_at_once_with_their_paths() =>
        Assert.Equal(
            [
                "model.pretrained.path: there is no value, and it needs one.",
                "tuning.combined.parts.0.lora.rank: 0 is not allowed; expected 1 to 4096.",
                "batch.rows: 0 is not allowed; expected 1 to 65536.",
                "batch.accumulation: -1 is not allowed; expected 1 to 65536.",
                "clip_norm: NaN is not allowed; expected a number.",
                "dropout: 3 is not allowed; expected 0 to 0.9.",
                "precision: 7 is no precision; expected one of float32, bfloat16, float16.",
                "device: 'gpu' is not allowed; expected a text that matches ^(auto|cpu|cuda(:[0-9]+)?)$.",
            ],
            Mistakes.In(Wrong)
        );

    [Fact]
    public void A_length_counts()
    {
        Assert.Equal(
            ["tuning.combined.parts: a length of 0 is not allowed; expected 2 to 16."],
            Mistakes.In(Tiny with { Tuning = new Combined { Parts = [] } })
        );
        Assert.Equal(
            ["csv.delimiter: a length of 2 is not allowed; expected 1 to 1."],
            Mistakes.In<Data.DataSource>(new Csv { Path = "a.csv", Delimiter = ", " })
        );
    }

    [Fact]
    public void What_is_named_is_of_what_stands_beside_it()
    {
        var (one, other) = (new Whole("one"), new Whole("other"));
        Assert.Empty(Mistakes.In(new Pair { Whole = one, Part = new Part("a", one) }));
        Assert.Equal(
            ["part: 'a' is of the whole 'other', not of 'one'."],
            Mistakes.In(new Pair { Whole = one, Part = new Part("a", other) })
        );
    }

    [Fact]
    public async Task Nothing_runs_with_one()
    {
        using var folder = new TempFolder();
        var options = new RunOptions { ProjectDirectory = folder.Path };
        foreach (var recipe in (Recipe[])[Wrong, Tiny with { Batch = Tiny.Batch with { Accumulation = 0 } }])
        {
            var told = string.Join('\n', Mistakes.In(recipe));
            Assert.Equal(told, (await Assert.ThrowsAsync<WordException>(() => recipe.RunAsync(options))).Message);
            Assert.Equal(told, (await Assert.ThrowsAsync<WordException>(() => recipe.PlanAsync(options))).Message);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Nothing_is_answered_or_read_with_one()
    {
        var beam = new EvaluationPlan
        {
            Rows = 0,
            Decoding = new Beam { Width = 0 },
        };
        const string told = "decoding.beam.width: 0 is not allowed; expected 1 to 1024.\nrows: 0 is not allowed; expected 1 to 4096.";
        Assert.Equal(told, Assert.Throws<WordException>(() => new Predictor(null!, beam)).Message);
        var task = Tiny.Tasks[0].Task;
        var error = await Assert.ThrowsAsync<WordException>(() =>
            new DatasetBuilder<Tasks.Example>(task)
                .From(new Csv { Path = "a.csv", Delimiter = "" })
                .With(new Data.Stages.Limit { Count = 0 })
                .ToDatasetAsync()
        );
        Assert.StartsWith("examples.0.csv.delimiter: a length of 0 is not allowed", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Mistakes.In(new RandomSplit { Test = 2 }));
    }

    /// <summary>Every property with a rule, of every record that YAML can make: a value outside is told, one at its edge is not.</summary>
    [Fact]
    public void Every_rule_of_the_vocabulary_is_held()
    {
        var held = 0;
        foreach (var type in Records())
        foreach (var property in Words.Properties(type))
        {
            var place = Words.KeyOf(property);
            foreach (var (value, isAllowed) in Tried(property))
            {
                var record = Words.Default(type);
                property.SetValue(record, value);
                var told = Mistakes.In(record).Where(m => m.StartsWith(place + ":", StringComparison.Ordinal)).ToList();
                Assert.True(isAllowed == (told.Count == 0), $"{type.Name}.{property.Name} = {value}: {string.Join('\n', told)}");
                held++;
            }
        }

        Assert.True(held > 150, $"only {held} values");
    }

    private static IEnumerable<(object Value, bool IsAllowed)> Tried(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            yield return (Enum.ToObject(type, 99), false);
        if (type == typeof(double))
            yield return (double.NaN, false);
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is not null)
            yield return (Words.ItemOf(type) is null ? "\u2603" : new[] { "\u2603" }, false);
        if (property.GetCustomAttribute<LengthAttribute>() is { } length && type == typeof(string))
        {
            yield return (new string('a', length.MaximumLength), true);
            yield return (new string('a', length.MaximumLength + 1), false);
        }

        if (property.GetCustomAttribute<RangeAttribute>() is not { } range || type == typeof(TimeSpan) || Words.ItemOf(type) is not null)
            yield break;
        foreach (var (bound, beyond) in ((object, int)[])[(range.Minimum, -1), (range.Maximum, 1)])
        {
            yield return (Number(bound, 0), true);
            if (bound is not (int.MinValue or int.MaxValue))
                yield return (Number(bound, beyond), false);
        }

        object Number(object bound, int more) =>
            Convert.ChangeType(Convert.ToDouble(bound, CultureInfo.InvariantCulture) + more, type, CultureInfo.InvariantCulture);
    }

    /// <summary>All records that a property of a document, of a word or of such a record can hold.</summary>
    private static IReadOnlySet<Type> Records()
    {
        var found = new HashSet<Type>();
        foreach (
            var type in Words.Documents.Select(d => d.Type).Concat(Words.Kinds.SelectMany(kind => Words.Choices(kind)).Select(c => c.Type))
        )
            Add(type);
        return found;

        void Add(Type type)
        {
            type = Words.ItemOf(type) ?? Words.ValueOf(type) ?? type;
            if (type.IsAbstract || type.GetMethod("<Clone>$") is null || !found.Add(type))
                return;
            foreach (var property in Words.Properties(type).Where(p => !Words.IsReference(p.PropertyType)))
                Add(property.PropertyType);
        }
    }

    private sealed record Whole(string Name) : INamed;

    private sealed record Part(string Name, Whole Whole) : INamed;

    private sealed record Pair
    {
        public required Whole Whole { get; init; }

        [Sole(nameof(Whole))]
        public required Part Part { get; init; }
    }
}
