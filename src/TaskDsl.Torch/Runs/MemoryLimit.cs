using System.Globalization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TorchSharp;

namespace TaskDsl.Torch.Runs;

/// <summary>Holds a run against the memory that there is before it has a model: make it before one is opened.</summary>
/// <param name="run">The run.</param>
internal sealed class MemoryLimit(RunContext run)
{
    private readonly torch.Device device = run.Device;
    private readonly MachineMemory machine = MachineMemory.Of(run.Device);
    private readonly long inUse = MachineMemory.InUse();

    private Recipe Recipe => run.Recipe;

    /// <summary>Ends a run that has no chance before it takes the memory.</summary>
    /// <exception cref="RunException">It has none.</exception>
    public void RefuseWhatCannotFit(ModelConfig config)
    {
        var largest = LargestBatch.Allowed(Recipe.Batch);
        using var forecasts = new MemoryForecasts(config, largest, inUse, 0, run.Evaluates, device);
        var memory = forecasts.Of(Recipe);
        if (memory.Held <= machine.Available)
            return;
        var remedies = Remedy.Find(Recipe, largest, machine.Available, changed => forecasts.Of(changed).Peak);
        var fits = remedies.Any(r => r.Peak <= machine.Available)
            ? "It would with any one of these:"
            : "Nothing makes it fit; a smaller model or a larger machine does. The least that it can take:";
        throw new RunException(
            $"recipe '{Recipe.Name}': this run {Needs(memory)}: it cannot fit. {fits}\n  " + $"{string.Join("\n  ", remedies.Select(Line))}"
        );

        static string Line(Remedy r) => $"{string.Join(" ", r.Settings.Select(s => $"--set {s}"))} ({Gigabytes(r.Peak)}: {r.Cost})";
    }

    /// <summary>Says that a run may not fit, now that it is known what its data fills.</summary>
    public void WarnOfWhatMayNotFit(ModelConfig config, BatchReport batches)
    {
        var memory = MemoryForecast.Of(Recipe, config, LargestBatch.Of(batches), inUse, 0, run.Evaluates, device);
        if (memory.Peak > machine.Available)
            run.Tell($"this run probably {Needs(memory)}. The verb plan says what would make it fit.");
    }

    private string Needs(MemoryForecast memory) =>
        $"needs {Gigabytes(memory.Peak)} of memory at its peak, and {Gigabytes(machine.Available)} are {machine.Source}";

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
