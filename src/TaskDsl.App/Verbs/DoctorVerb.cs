using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Native;

namespace TaskDsl.App.Verbs;

/// <summary><c>doctor</c>: what this machine computes with, and what stands in the way.</summary>
internal static class DoctorVerb
{
    public static Command Create(Session session)
    {
        var command = new Command(
            "doctor",
            "Tell what this machine computes with: libtorch, driver, GPUs, memory, processor; and what is wrong."
        );
        command.SetAction(_ => Show(session, Diagnosis.OfThisMachine()));
        return command;
    }

    /// <summary>Prints a diagnosis.</summary>
    /// <returns>The exit code: a mistake where something keeps libtorch from computing as it was chosen to.</returns>
    internal static int Show(Session session, Diagnosis found)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Add("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        Add("processor", $"{Processor.Name}, {Environment.ProcessorCount} cores");
        Add("  kernels", $"{Processor.Kernels}");
        Add("  bfloat16", $"{Processor.BFloat16}");
        if (found.Trouble is null)
        {
            Add("  threads", $"{TorchRuntime.Threads} for one operation");
            Add("memory", $"{Bytes(MachineMemory.Of(TorchSharp.torch.CPU))}");
            Add("libtorch", $"{found.Version?.ToString() ?? "of a version not known"}, {Build(found)}");
            if (found.Folder.Length > 0)
                Add("  from", $"{found.Folder} ({found.Source})");
        }
        else
        {
            Add("libtorch", $"does not load");
        }

        Add(
            "driver",
            found.Driver switch
            {
                null => $"none: NVIDIA's libcuda.so.1 is not on this machine",
                { Cuda: var cuda, Trouble: var trouble } => (FormattableString)
                    $"NVIDIA's{(cuda is null ? "" : $", for CUDA up to {cuda}")}{(trouble is null ? "" : $", but {trouble}")}",
            }
        );
        foreach (var (number, card) in (found.Driver?.Cards ?? []).Index())
            Add($"cuda:{number}", $"{card.Name}, {card.Memory / 1e9:0.0} GB, compute capability {card.Capability} ({card.Numbers})");
        if (found.Trouble is null)
            Add("device: auto", $"is {(found.Gpus > 0 ? "cuda:0" : "the CPU")}");
        session.Console.Write(grid);
        if (found.Advice is { } advice)
            session.Console.MarkupLineInterpolated($"[yellow]note:[/] {advice}");
        if (found.Fault is { } fault)
            session.Error(fault);
        else
            session.Console.MarkupLine("[green]ready to compute[/]");
        return found.Fault is null ? ExitCode.Success : ExitCode.Mistake;

        void Add(string name, FormattableString value) =>
            grid.AddRow(Markup.Escape(name), Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Build(Diagnosis found) =>
        found switch
        {
            { IsCudaBuild: false } => "a build for the CPU",
            { Cuda: { } cuda } => $"a build for CUDA {cuda}",
            _ => "a build for CUDA",
        };

    private static string Bytes(MachineMemory memory) =>
        string.Create(CultureInfo.InvariantCulture, $"{memory.Available / 1e9:0.0} GB {memory.Source}");
}
