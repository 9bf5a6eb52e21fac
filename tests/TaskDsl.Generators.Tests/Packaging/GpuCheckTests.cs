using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>
/// The check for a GPU (<c>tests/Gpu</c>) as it is packed: unpacked where nothing else lies, without .NET and in an empty environment, on
/// the CPU with small sizes.
/// </summary>
[Trait("Category", "Long"), SupportedOSPlatform("linux")]
public sealed class GpuCheckTests(GpuCheckTests.Packed packed) : IClassFixture<GpuCheckTests.Packed>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-gpu-check-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_step_passes_on_the_processor()
    {
        var (code, output, results) = Check("--device", "cpu", "--size", "small");
        Assert.True(code == 0, output);
        Assert.Contains("0 not as they should be", output, StringComparison.Ordinal);
        // A process each, and nothing that was listed is missing.
        var processes = results.Where(r => r["rc"] is not null).Select(r => $"{r["step"]} {r["precision"]}").ToArray();
        var listed = Run(Program, "list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(listed.Select(line => line[..line.LastIndexOf(' ')]), processes.Where(p => p != "reference bfloat16"));
        // Every comparison is there with its bound, every measurement with its number.
        foreach (
            var (step, number, count) in ((string, string, int)[])[("golden", "logits_bound", 2 * 17), ("curves", "losses_bound", 2 * 25)]
        )
            Assert.Equal(count, results.Count(r => (string?)r["step"] == step && r[number] is not null));
        Assert.Equal("yes", (string?)Assert.Single(results, r => (string?)r["step"] == "resume" && r["rc"] is null)["same_bytes"]);
        Assert.Equal(12, results.Count(r => r["median_ms"] is not null && r["tflops"] is not null && r["peak_bytes"] is not null));
        var summary = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "results", "summary.json")))!;
        Assert.Equal(12, summary["speeds"]!.AsArray().Count(s => s!["share_of_products"] is not null));
        Assert.Contains("libtorch-cpu-linux-x64", (string?)results[0]["libtorch"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere", "cpu", "libtorch_cpu.so was not found")]
    [InlineData(null, "cuda:7", "device 'cuda:7': libtorch in")]
    [InlineData(null, "gpu", "'gpu' is not a device; expected auto, cpu, cuda or cuda:n.")]
    public void Where_nothing_computes_it_says_why_and_what_was_not_started(string? libtorch, string device, string expected)
    {
        var (code, output, results) = Check(["--device", device, "--size", "small"], libtorch);
        Assert.Equal(1, code);
        Assert.Equal("error", (string?)results[0]["status"]);
        Assert.Equal(2, (int)results[0]["rc"]!);
        Assert.Contains(expected, (string?)results[0]["stderr"], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal); // No stack: the machine is wrong, not the program.
        Assert.Contains("ERROR: device float32: ended with 2:", output, StringComparison.Ordinal);
        Assert.True(results.Count > 10);
        Assert.All(results.Skip(1), r => Assert.Contains((string?)r["status"], (string[])["not started", "skipped"]));
        Assert.Contains("NOT STARTED: rates bfloat16: nothing computes here", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_dies_leaves_its_end_and_the_others_go_on()
    {
        Wrap(
            "rates bfloat16 40",
            "greedy float32 40",
            "printf '{\"step\":\"rates\",\"ca'; echo 'CUDA error: \"an illegal\" \\ access' >&2; kill -SEGV $$"
        );
        var (code, output, results) = Check("--device", "cpu");
        Assert.Equal(1, code);
        var died = Assert.Single(results, r => (string?)r["step"] == "rates");
        Assert.Equal(139, (int)died["rc"]!);
        Assert.Contains("CUDA error: \"an illegal\" \\ access", (string?)died["stderr"], StringComparison.Ordinal);
        Assert.Contains("ERROR: results: no JSON: {\"step\":\"rates\",\"ca\n", output, StringComparison.Ordinal);
        Assert.Contains("ERROR: rates bfloat16: ended with 139:\nCUDA error", output, StringComparison.Ordinal);
        Assert.Equal(0, (int)Assert.Single(results, r => (string?)r["step"] == "greedy" && r["rc"] is not null)["rc"]!);
    }

    [Fact]
    public void A_step_that_hangs_is_stopped()
    {
        Wrap("rates bfloat16 2", "greedy float32 40", "exec sleep 100");
        var (code, output, _) = Check("--device", "cpu");
        Assert.Equal(1, code);
        Assert.Contains("ERROR: rates bfloat16: stopped after its limit of 2 seconds", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_time_is_over_the_rest_is_named()
    {
        var (code, output, results) = Check("--device", "cpu", "--seconds", "4");
        Assert.Equal(1, code);
        Assert.All(results, r => Assert.Contains((string?)r["status"], (string[])["not started", "skipped"]));
        Assert.Contains("NOT STARTED: decoding float32: the 4 seconds were over", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_far_are_named_with_their_bound_and_a_file_that_is_damaged_is_an_error()
    {
        Copy();
        var golden = Path.Combine(folder, "Golden", "llama", "golden.json");
        var changed = JsonNode.Parse(File.ReadAllText(golden))!;
        changed["cases"]!["right"]!["loss"] = (double)changed["cases"]!["right"]!["loss"]! + 0.001;
        File.WriteAllText(golden, changed.ToJsonString());
        Wrap("golden float32 60", "curves float32 90", does: "");
        using (var cut = File.OpenWrite(Path.Combine(folder, "Golden", "gpt2", "train", "batches.safetensors")))
            cut.SetLength(1000);
        var (code, output, results) = Check("--device", "cpu");
        Assert.Equal(1, code);
        Assert.Contains("FAR: golden float32 llama: loss_difference 0.001, expected at most 5E-05", output, StringComparison.Ordinal);
        Assert.Equal(1, results.Count(r => (string?)r["status"] == "far"));
        Assert.Contains("batches.safetensors", output, StringComparison.Ordinal);
        // What was found before it, stays.
        Assert.Equal(9, results.Count(r => (string?)r["step"] == "curves" && (string?)r["status"] == "ok"));
    }

    private string Program => Path.Combine(folder, "check");

    /// <summary>Puts a script in the program's place that lists two processes behind the first, and does something else in one.</summary>
    private void Wrap(string other, string then, string does)
    {
        Copy();
        File.Move(Program, Program + ".real");
        File.WriteAllText(
            Program,
            $"""
            #!/usr/bin/env bash
            case $1 in
              list) printf 'device float32 60\n{other}\n{then}\n'; exit ;;
              {other.Split(' ')[0]}) {does} ;;
            esac
            exec "$0.real" "$@"
            """
        );
        File.SetUnixFileMode(Program, File.GetUnixFileMode(Program + ".real"));
    }

    private (int Code, string Output, List<JsonObject> Results) Check(params string[] arguments) => Check(arguments, null);

    private (int Code, string Output, List<JsonObject> Results) Check(string[] arguments, string? libtorch)
    {
        Copy();
        var (code, output) = Run(Path.Combine(folder, "check.sh"), arguments, libtorch);
        var lines = File.ReadAllLines(Path.Combine(folder, "results", "results.jsonl"));
        // One that a dying process did not end is no JSON.
        return (code, output, [.. lines.Where(line => line.EndsWith('}')).Select(line => JsonNode.Parse(line)!.AsObject())]);
    }

    private static (int Code, string Output) Run(string program, params string[] arguments) => Run(program, arguments, null);

    private static (int Code, string Output) Run(string program, string[] arguments, string? libtorch)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["TASKDSL_LIBTORCH"] = libtorch ?? Packed.LibTorch;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private void Copy()
    {
        if (!File.Exists(Program))
            packed.Unpack(folder);
    }

    /// <summary>The archive, made once.</summary>
    public sealed class Packed
    {
        public Packed()
        {
            var (code, output) = Run(Path.Combine(Dotnet.Repository, "tests", "Gpu", "pack.sh"));
            Assert.True(code == 0, output);
            Assert.InRange(new FileInfo(Archive).Length, 1_000_000, 16_000_000 - 1);
        }

        /// <summary>Where NuGet keeps the CPU's.</summary>
        public static string LibTorch =>
            Directory
                .GetDirectories(
                    Path.Combine(
                        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
                        "libtorch-cpu-linux-x64"
                    )
                )
                .Select(version => Path.Combine(version, "runtimes", "linux-x64", "native"))
                .Single();

        private static string Archive => Path.Combine(Dotnet.Repository, "artifacts", "taskdsl-gpu-check.tar.xz");

        public void Unpack(string folder)
        {
            var (code, output) = Run("tar", "-xf", Archive, "-C", folder, "--strip-components=1");
            Assert.True(code == 0, output);
        }

        private static (int Code, string Output) Run(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
                start.Environment.Remove(name); // The test host's own settings are not a user's.
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
    }
}
