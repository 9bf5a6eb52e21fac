using System.Globalization;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning;

namespace TaskDsl.Torch.Training.Forecast;

/// <summary>A change of a recipe that lowers the memory which its run takes.</summary>
/// <param name="Settings">The change, in the recipe's words.</param>
/// <param name="Cost">What it costs.</param>
/// <param name="Peak">The memory of the changed run, in bytes.</param>
public sealed record Remedy(IReadOnlyList<string> Settings, string Cost, long Peak)
{
    private const int Wanted = 3;

    /// <summary>The changes besides fewer rows at a time, those that leave the result as it is first.</summary>
    private static readonly Change[] Changes =
    [
        new(r => r.ActivationCheckpointing ? null : (r with { ActivationCheckpointing = true }, "activation_checkpointing: true"), "the same result, a third slower"),
        new(FewerAnswers, "the same result, slower answers"),
        new(r => r.Optimizer is AdamW a ? (r with { Optimizer = new AdamW8Bit { LearningRate = a.LearningRate, Beta1 = a.Beta1, Beta2 = a.Beta2, Epsilon = a.Epsilon, WeightDecay = a.WeightDecay } }, string.Create(CultureInfo.InvariantCulture, $"optimizer: {{adamw_8bit: {{learning_rate: {a.LearningRate}}}}}")) : null, "nearly the same result"),
        new(r => r.Precision == Precision.Float32 ? (r with { Precision = Precision.BFloat16 }, "precision: bfloat16") : null, "rounded numbers, faster"),
        new(r => r.Tuning is Full && r.Model is Models.Pretrained ? (r with { Tuning = new Lora() }, "tuning: lora") : null, "another method: few new weights are trained"),
        new(r => r.Batch.SequenceLength >= 64 ? (r with { Batch = r.Batch with { SequenceLength = r.Batch.SequenceLength / 2 } }, string.Create(CultureInfo.InvariantCulture, $"batch: {{sequence_length: {r.Batch.SequenceLength / 2}}}")) : null, "longer examples no longer fit"),
    ];

    /// <summary>The changes that make a run fit: as few and as mild ones together as possible.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="available">The memory that there is.</param>
    /// <param name="peak">The memory that a recipe takes.</param>
    /// <returns>At most three; where nothing makes it fit, all changes together.</returns>
    public static IReadOnlyList<Remedy> Find(Recipe recipe, long available, Func<Recipe, long> peak)
    {
        int[] bits = [.. Enumerable.Range(0, Changes.Length + 1).Select(i => 1 << i).Where(bit => bit == 1 ? Halved(recipe) is not null : Changes[int.Log2(bit) - 1].Make(recipe) is not null)];
        if (bits.Length == 0) return [];
        var (all, _) = Apply(recipe, bits.Sum(), available, peak);
        if (all.Peak > available) return [all];
        var found = new List<(int Set, int Rows, Remedy Remedy)>();
        foreach (var set in Enumerable.Range(1, bits.Sum()).Where(s => (s & ~bits.Sum()) == 0).OrderBy(int.PopCount).ThenBy(s => s))
        {
            if (found.Exists(f => (f.Set & set) == f.Set && (f.Set & 1) == 0)) continue; // Less is enough.
            var (remedy, rows) = Apply(recipe, set, available, peak);
            // More changes are worth while where they leave more rows at a time.
            if (remedy.Peak <= available && !found.Exists(f => (f.Set & set) == f.Set && f.Rows >= rows)) found.Add((set, rows, remedy));
            if (found.Count == Wanted) break;
        }

        return [.. found.Select(f => f.Remedy)];
    }

    /// <summary>Applies the changes of a set: bit 0 stands for fewer rows at a time, as many as then fit.</summary>
    private static (Remedy Remedy, int Rows) Apply(Recipe recipe, int set, long available, Func<Recipe, long> peak)
    {
        var (settings, costs) = (new List<string>(), new List<string>());
        foreach (var change in Changes.Where((_, i) => (set >> (i + 1) & 1) != 0))
        {
            var made = change.Make(recipe)!.Value;
            recipe = made.Recipe;
            settings.Add(made.Setting);
            costs.Add(change.Cost);
        }

        if ((set & 1) == 0) return (new Remedy(settings, string.Join("; ", costs.Distinct()), peak(recipe)), recipe.Batch.Rows);
        var (fewer, takes) = (recipe, long.MaxValue);
        while (takes > available && Halved(fewer) is { } half) (fewer, takes) = (half, peak(half));
        var remedy = new Remedy(
            [string.Create(CultureInfo.InvariantCulture, $"batch: {{rows: {fewer.Batch.Rows}, accumulation: {fewer.Batch.Accumulation}}}"), .. settings],
            string.Join("; ", costs.Prepend("the same result, a little slower").Distinct()),
            takes);
        return (remedy, fewer.Batch.Rows);
    }

    /// <summary>Half as many rows at a time, twice as often: the same step.</summary>
    private static Recipe? Halved(Recipe recipe) => recipe.Batch.Rows == 1 || recipe.Batch.Rows % 2 != 0 ? null
        : recipe with { Batch = recipe.Batch with { Rows = recipe.Batch.Rows / 2, Accumulation = recipe.Batch.Accumulation * 2 } };

    private static (Recipe, string)? FewerAnswers(Recipe recipe) => recipe.Evaluation.Rows <= 4 ? null : (recipe with { Evaluation = recipe.Evaluation with { Rows = 4 } }, "evaluation: {rows: 4}");

    private sealed record Change(Func<Recipe, (Recipe Recipe, string Setting)?> Make, string Cost);
}
