using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Forecasts;

/// <summary>A change of a recipe that lowers the memory which its run takes.</summary>
/// <param name="Settings">The change, as <c>--set</c> takes it.</param>
/// <param name="Cost">What it costs.</param>
/// <param name="Peak">The memory of the changed run, in bytes.</param>
public sealed record Remedy(IReadOnlyList<string> Settings, string Cost, long Peak)
{
    private const int Wanted = 3;
    private const string FewBits = "the frozen weights are rounded to four bits, slower steps";

    /// <summary>The changes, the mildest first. Fewer rows at a time are none of them: how many is found by trying.</summary>
    private static readonly Func<Recipe, LargestBatch, Change?>[] Changes =
    [
        (r, _) =>
            r.ActivationCheckpointing
                ? null
                : new(r with { ActivationCheckpointing = true }, ["activation_checkpointing=true"], "up to two fifths slower", Exact: true),
        (r, _) =>
            r.Evaluation.Rows <= 4
                ? null
                : new(r with { Evaluation = r.Evaluation with { Rows = 4 } }, ["evaluation.rows=4"], "slower answers", Exact: true),
        (r, _) => r.Optimizer is AdamW adam ? EightBit(r, adam) : null,
        (r, _) =>
            r.Precision == Precision.Float32
                ? new(r with { Precision = Precision.BFloat16 }, ["precision=bfloat16"], "rounded numbers")
                : null,
        (r, _) =>
            r is { Tuning: AdapterMethod { StandsOnFewBits: true }, Model: StoredModel { Weights: null } model }
            && model.Adapter != AdapterUse.Merge // It cannot be folded into codes.
                ? new(
                    r with
                    {
                        Model = model with { Weights = new Nf4() },
                    },
                    [$"model.{Words.WordOf(model.GetType())}.weights=nf4"],
                    FewBits
                )
                : null,
        (r, _) =>
            r.Tuning is Full && r.Model is StoredModel
                ? new(r with { Tuning = new Lora() }, ["tuning=lora"], "another method: few new weights are trained")
                : null,
        ShorterRows,
    ];

    /// <summary>The changes that make a run fit: as few and as mild ones together as possible.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="largest">The largest batch that its run meets.</param>
    /// <param name="available">The memory that there is.</param>
    /// <param name="peak">The memory that a recipe takes.</param>
    /// <returns>At most three; where nothing makes it fit, the one that takes the least.</returns>
    public static IReadOnlyList<Remedy> Find(Recipe recipe, LargestBatch largest, long available, Func<Recipe, long> peak)
    {
        var bits = Enumerable
            .Range(0, Changes.Length + 1)
            .Where(bit => bit == 0 ? recipe.Batch.Rows > 1 : Changes[bit - 1](recipe, largest) is not null)
            .Sum(bit => 1 << bit);
        var tried = new List<(int Set, int Rows, Remedy Remedy)>();
        var found = new List<(int Set, int Rows, Remedy Remedy)>();
        foreach (var set in Enumerable.Range(1, bits).Where(s => (s & ~bits) == 0).OrderBy(int.PopCount).ThenBy(s => s))
        {
            if (found.Exists(f => (f.Set & set) == f.Set && (f.Set & 1) == 0))
                continue; // Less is enough.
            var (remedy, rows) = Apply(recipe, largest, set, available, peak);
            tried.Add((set, rows, remedy));
            // More changes are worth while where they leave more rows at a time.
            if (remedy.Peak <= available && !found.Exists(f => (f.Set & set) == f.Set && f.Rows >= rows))
                found.Add((set, rows, remedy));
            if (found.Count == Wanted)
                break;
        }

        return found.Count > 0 ? [.. found.Select(f => f.Remedy)] : [.. tried.OrderBy(t => t.Remedy.Peak).Take(1).Select(t => t.Remedy)];
    }

    /// <summary>Applies the changes of a set: bit 0 stands for fewer rows at a time, as many as then fit.</summary>
    private static (Remedy Remedy, int Rows) Apply(Recipe recipe, LargestBatch largest, int set, long available, Func<Recipe, long> peak)
    {
        var (settings, costs, exact) = (new List<string>(), new List<string>(), true);
        foreach (var (_, make) in Changes.Index().Where(c => (set >> (c.Index + 1) & 1) != 0))
        {
            var change = make(recipe, largest)!;
            recipe = change.Recipe;
            settings.AddRange(change.Settings);
            costs.Add(change.Cost);
            exact &= change.Exact;
        }

        if ((set & 1) != 0)
        {
            // A divisor leaves the step as it is. The larger it is the less it takes, so that the first that suffices is found by halves.
            var rows = recipe.Batch.Rows;
            var divisors = Enumerable.Range(2, rows - 1).Where(d => rows % d == 0).ToList();
            var (from, to) = (0, divisors.Count - 1);
            while (from < to)
                if (peak(Divided(recipe, divisors[(from + to) / 2])) <= available)
                    to = (from + to) / 2;
                else
                    from = ((from + to) / 2) + 1;
            recipe = Divided(recipe, divisors[from]);
            settings.InsertRange(0, [$"batch.rows={recipe.Batch.Rows}", $"batch.accumulation={recipe.Batch.Accumulation}"]);
            costs.Insert(0, recipe.Objective.ComparesExamples ? "fewer wrong answers beside each right one" : "a little slower");
            exact &= !recipe.Objective.ComparesExamples;
        }

        if (exact)
            costs.Insert(0, "the same result");
        return (new Remedy(settings, string.Join(", ", costs), peak(recipe)), recipe.Batch.Rows);
    }

    /// <summary>Fewer rows at a time, as much more often: the same step.</summary>
    private static Recipe Divided(Recipe recipe, int by) =>
        recipe with
        {
            Batch = recipe.Batch with { Rows = recipe.Batch.Rows / by, Accumulation = recipe.Batch.Accumulation * by },
        };

    private static Change EightBit(Recipe recipe, AdamW adam)
    {
        var optimizer = new AdamW8Bit
        {
            LearningRate = adam.LearningRate,
            Beta1 = adam.Beta1,
            Beta2 = adam.Beta2,
            Epsilon = adam.Epsilon,
            WeightDecay = adam.WeightDecay,
            LayerDecay = adam.LayerDecay,
            DecayNormsAndBiases = adam.DecayNormsAndBiases,
        };
        var (word, all) = DefinitionJson.Write(optimizer)!.AsObject().Single();
        var plain = DefinitionJson.Write(new AdamW8Bit())!.AsObject().Single().Value!;
        string[] changed =
        [
            .. all!.AsObject().Where(p => !JsonNode.DeepEquals(p.Value, plain[p.Key])).Select(p => $"optimizer.{word}.{p.Key}={p.Value}"),
        ];
        return new(recipe with { Optimizer = optimizer }, changed.Length == 0 ? [$"optimizer={word}"] : changed, "nearly the same result");
    }

    /// <summary>Rows as short as the longest example allows, else half as long.</summary>
    private static Change? ShorterRows(Recipe recipe, LargestBatch largest)
    {
        var enough = Math.Max(64, (largest.Sequence + 63) / 64 * 64);
        var length = (int)Math.Max(8, enough < recipe.Batch.SequenceLength ? enough : recipe.Batch.SequenceLength / 2);
        if (length >= Math.Min(recipe.Batch.SequenceLength, largest.Length))
            return null;
        var fail = largest.Sequence > length && recipe.Batch.Overlong == Overlong.Fail;
        var batch = recipe.Batch with { SequenceLength = length, Overlong = fail ? Overlong.Drop : recipe.Batch.Overlong };
        var cost =
            largest.Sequence <= length ? "fewer examples in a step"
            : batch.Overlong == Overlong.Drop ? "longer examples are left out"
            : "longer inputs are shortened";
        return new(
            recipe with
            {
                Batch = batch,
            },
            [$"batch.sequence_length={length}", .. fail ? (string[])["batch.overlong=drop"] : []],
            cost
        );
    }

    /// <param name="Recipe">The changed recipe.</param>
    /// <param name="Settings">The change, as <c>--set</c> takes it.</param>
    /// <param name="Cost">What it costs.</param>
    /// <param name="Exact">Whether the result stays the same.</param>
    private sealed record Change(Recipe Recipe, string[] Settings, string Cost, bool Exact = false);
}
