using System.Diagnostics;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.App.Verbs;
using TaskDsl.Torch.Native;

namespace TaskDsl.App.Tests;

public sealed class DoctorTests
{
    private static readonly GpuDriver Driver = new(
        new(12, 4),
        [new("NVIDIA H200", 150_000_000_000, new(9, 0)), new("Tesla T4", 16_000_000_000, new(7, 5))]
    );

    private static readonly Diagnosis Cuda = new()
    {
        Folder = "/opt/torch/lib",
        Source = "TASKDSL_LIBTORCH",
        Version = new(2, 11),
        IsCudaBuild = true,
        Cuda = new(12, 8),
        Gpus = 2,
        Driver = Driver,
    };

    [Fact]
    public async Task It_says_what_this_machine_computes_with()
    {
        var (code, printed) = await Desk.RunAsync("doctor");
        Assert.Equal(ExitCode.Success, code);
        foreach (var word in (string[])["processor", "threads", "memory", "free on this machine", "2.10", "driver", "ready to compute"])
            Assert.Contains(word, printed, StringComparison.Ordinal);
        Assert.Contains(TorchRuntime.Folder, printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Cards_are_named_with_what_they_compute_in()
    {
        var (code, printed) = Show(Cuda);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("2.11, a build for CUDA 12.8", printed, StringComparison.Ordinal);
        Assert.Contains("/opt/torch/lib (TASKDSL_LIBTORCH)", printed, StringComparison.Ordinal);
        Assert.Contains("NVIDIA H200, 150.0 GB, compute capability 9.0 (precision: bfloat16, and TF32)", printed, StringComparison.Ordinal);
        Assert.Contains("Tesla T4, 16.0 GB, compute capability 7.5 (precision: float16;", printed, StringComparison.Ordinal);
        Assert.Contains("is cuda:0", printed, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "no driver", "libtorch is a CUDA build, and no driver is installed" },
            { "old driver", "the driver is too old: it serves CUDA 12.4, and this libtorch is built with 13.0." },
            { "no card", "the driver has no card for it: it shows no card. CUDA_VISIBLE_DEVICES may hide them" },
            { "no start", "NVIDIA's driver does not start (CUDA error 804)." },
            { "other cards", "sees none of the driver's cards" },
        };

    [Theory, MemberData(nameof(Faults))]
    public void What_keeps_a_cuda_build_from_its_cards_is_said_and_is_a_mistake(string fault, string expected)
    {
        var (code, printed) = Show(
            fault switch
            {
                "no driver" => Cuda with { Gpus = 0, Driver = null },
                "old driver" => Cuda with { Gpus = 0, Cuda = new(13, 0) },
                "no card" => Cuda with { Gpus = 0, Driver = new(new(12, 8), []) },
                "no start" => Cuda with { Gpus = 0, Driver = new(new(12, 8), [], Error: 804) },
                _ => Cuda with { Gpus = 0 },
            }
        );
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
        Assert.Contains("is the CPU", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_that_lies_idle_is_told_and_is_none()
    {
        var (code, printed) = Show(Cuda with { IsCudaBuild = false, Cuda = null, Gpus = 0 });
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("NVIDIA H200 is idle: this libtorch is a build for the CPU.", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_no_whole_libtorch_is_named_with_what_it_lacks()
    {
        using var folder = new TempFolder();
        foreach (var library in Directory.GetFiles(TorchFolder(), "*.so*").Where(f => Path.GetFileName(f) != "libc10.so"))
            File.CreateSymbolicLink(folder.In(Path.GetFileName(library)), library);
        foreach (
            var verb in (string[][])
                [
                    ["doctor"],
                    ["train", "tiny", "--out", folder.In("runs")],
                ]
        )
        {
            var (code, errors) = await Child(folder.Path, verb);
            Assert.Equal(ExitCode.Mistake, code);
            Assert.Contains(
                $"error: {folder.In("libc10.so")} is missing: '{folder.Path}' (TASKDSL_LIBTORCH) is no whole libtorch.",
                errors,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_folder_without_libtorch_is_named()
    {
        using var folder = new TempFolder();
        var (code, errors) = await Child(folder.Path, "doctor");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("libtorch_cpu.so was not found", errors, StringComparison.Ordinal);
        Assert.Contains($"{folder.Path} (TASKDSL_LIBTORCH)", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gpu_that_is_not_there_is_a_mistake_with_words()
    {
        var (code, printed) = await Desk.RunAsync("plan", "tiny", "--set", "device=cuda:77");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("error: device 'cuda:77': ", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("the program failed", printed, StringComparison.Ordinal);
    }

    private static string TorchFolder()
    {
        TorchRuntime.Initialize();
        return TorchRuntime.Folder;
    }

    private static (int Code, string Printed) Show(Diagnosis found)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = 400;
        return (DoctorVerb.Show(new(TaskCatalog.Default, console, console), found), text.ToString());
    }

    private static async Task<(int Code, string Errors)> Child(string libtorch, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(DoctorTests).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TASKDSL_LIBTORCH"] = libtorch;
        start.Environment["COLUMNS"] = "400";
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return (child.ExitCode, (await errors).Replace("\n", " ", StringComparison.Ordinal));
    }
}
