using System.Globalization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>Holds a run against the memory that there is.</summary>
/// <param name="run">The run.</param>
/// <param name="inUse">The memory that this process has in use before there is a model.</param>
internal sealed class MemoryLimit(RunContext run, long inUse)
{
    private Recipe Recipe => run.Recipe;

    private MachineMemory Machine => MachineMemory.Of(TorchRuntime.Device(Recipe.Device));

    /// <summary>Ends a run that has no chance before it takes the memory.</summary>
    /// <exception cref="RunException">It has none.</exception>
    public void RefuseWhatCannotFit(ModelConfig config)
    {
        var (machine, largest) = (Machine, LargestBatch.Allowed(Recipe.Batch));
        using var forecasts = new MemoryForecasts(config, largest, inUse, 0, run.Evaluates);
        var memory = forecasts.Of(Recipe);
        if (memory.Held <= machine.Available)
            return;
        var remedies = Remedy.Find(Recipe, largest, machine.Available, changed => forecasts.Of(changed).Peak);
        var fits = remedies.Any(r => r.Peak <= machine.Available)
            ? "It would with any one of these:"
            : "Nothing makes it fit; a smaller model or a larger machine does. The least that it can take:";
        throw new RunException(
            $"recipe '{Recipe.Name}': this run {Needs(memory, machine)}: it cannot fit. {fits}\n  "
                + $"{string.Join("\n  ", remedies.Select(Line))}"
        );

        static string Line(Remedy r) => $"{string.Join(" ", r.Settings.Select(s => $"--set {s}"))} ({Gigabytes(r.Peak)}: {r.Cost})";
    }

    /// <summary>Says that a run may not fit, now that it is known what its data fills.</summary>
    public void WarnOfWhatMayNotFit(ModelConfig config, BatchReport batches)
    {
        var (machine, memory) = (Machine, MemoryForecast.Of(Recipe, config, LargestBatch.Of(batches), inUse, 0, run.Evaluates));
        if (memory.Peak > machine.Available)
            run.Tell($"this run probably {Needs(memory, machine)}. The verb plan says what would make it fit.");
    }

    private static string Needs(MemoryForecast memory, MachineMemory machine) =>
        $"needs {Gigabytes(memory.Peak)} of memory at its peak, and {Gigabytes(machine.Available)} are {machine.Source}";

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
