using System.Text;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Exporting.Writing;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.App.Tests;

/// <summary>What <c>export</c> writes, says and refuses. What llama.cpp computes with its files is tested beside the models.</summary>
public sealed class ExportTests
{
    /// <summary>From YAML to a file: the run's layout is in it as a template, and a card says what it scored.</summary>
    [Fact]
    public async Task A_run_becomes_a_file_with_its_layout_and_a_folder_with_its_card()
    {
        using var folder = new TempFolder();
        await Done("train", "tiny", "--out", folder.In("runs"), "--set", "budget.steps=2");
        var run = folder.In("runs", "tiny");
        var told = await Done("export", run, "--to", "gguf", "--set", "type=float32", "--out", folder.In("file"));
        Assert.Contains("tiny.gguf: ", told, StringComparison.Ordinal);
        Assert.Contains("read back, equal to the bit", told, StringComparison.Ordinal);
        Assert.Equal(["Modelfile", "tiny.gguf"], Names(folder.In("file")));
        var modelfile = await File.ReadAllTextAsync(folder.In("file", "Modelfile"));
        Assert.StartsWith("FROM ./tiny.gguf\nTEMPLATE \"\"\"", modelfile, StringComparison.Ordinal);
        Assert.Contains("<|im_start|>user\n{{ $message.Content }}<|im_end|>\n", modelfile, StringComparison.Ordinal);
        Assert.Contains("PARAMETER stop \"<|im_end|>\"\n", modelfile, StringComparison.Ordinal);
        var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(folder.In("file", "tiny.gguf")));
        Assert.Contains("tokenizer.chat_template", bytes, StringComparison.Ordinal);
        Assert.Contains("{{ '<|im_start|>user\\n' }}{{ message['content'] | trim }}", bytes, StringComparison.Ordinal);

        told = await Done("export", run, "--to", "huggingface", "--out", folder.In("whole"));
        Assert.Contains("read back, equal to the bit", told, StringComparison.Ordinal);
        var card = await File.ReadAllTextAsync(folder.In("whole", "README.md"));
        Assert.Contains("# tiny\n", card, StringComparison.Ordinal);
        Assert.Contains("## Scores on the test part", card, StringComparison.Ordinal);
        using var scope = NewDisposeScope();
        using var model = LoadedModel.Load(folder.In("whole"));
        using var own = LoadedModel.Load(folder.In("runs", "tiny", "best"));
        Assert.Equal(0, (ModelFolders.Logits(model) - ModelFolders.Logits(own)).abs().max().item<float>());
    }

    [Fact]
    public async Task An_adapter_is_folded_in_or_carried_away_alone()
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
            ModelFolders.Adapt(model, new Lora(), folder.In("adapter"), folder.In("base"));
        var told = await Done("export", folder.In("adapter"), "--to", "gguf", "--out", folder.In("file"));
        Assert.Contains("the adapter was folded in", told, StringComparison.Ordinal);
        await Done("export", folder.In("adapter"), "--to", "gguf_lora", "--out", folder.In("lora"));
        Assert.Equal(["adapter.gguf"], Names(folder.In("lora")));
        Assert.True(new FileInfo(folder.In("lora", "adapter.gguf")).Length < new FileInfo(folder.In("file", "adapter.gguf")).Length);
        await Done("export", folder.In("adapter"), "--to", "huggingface", "--out", folder.In("whole"));
        await Done("export", folder.In("adapter"), "--to", "peft", "--out", folder.In("peft"));
        Assert.Equal(["README.md", "adapter_config.json", "adapter_model.safetensors"], Names(folder.In("peft")));

        using var scope = NewDisposeScope();
        using var adapted = LoadedModel.Load(folder.In("adapter"));
        using var whole = LoadedModel.Load(folder.In("whole"));
        using var alone = LoadedModel.Load(folder.In("peft"));
        var expected = ModelFolders.Logits(adapted);
        Assert.InRange((expected - ModelFolders.Logits(whole)).abs().max().item<float>(), 0, 1e-5f);
        Assert.Equal(0, (expected - ModelFolders.Logits(alone)).abs().max().item<float>());
    }

    [Fact]
    public async Task What_cannot_be_written_is_refused_and_leaves_nothing()
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
        {
            ModelFolders.Adapt(model, new Lora(), folder.In("adapter"), folder.In("base"));
            ModelFolders.Adapt(model, new PrefixTuning(), folder.In("prefix"), folder.In("base"));
            ModelFolders.Adapt(model, new Ia3(), folder.In("ia3"), folder.In("base"));
        }

        var (taken, free) = (folder.In("base"), folder.In("new"));
        await Refused("is neither a model's folder", folder.In("gone"), "gguf", free);
        await Refused("there is no format 'ggfu'; did you mean 'gguf'?", taken, "ggfu", free);
        await Refused("'q9' is no gguf type; expected one of bfloat16, float16, float32, q8_0", taken, "gguf", free, "--set", "type=q9");
        await Refused("'tipe' is not a property of gguf; did you mean 'type'?", taken, "gguf", free, "--set", "tipe=q8_0");
        await Refused("is not empty", folder.In("adapter"), "gguf", taken);
        await Refused("is not empty", folder.In("adapter"), "gguf", folder.In("base", "config.json"));
        await Refused("is a whole model: there is no adapter", taken, "peft", free);
        await Refused("is a whole model: there is no adapter", taken, "gguf_lora", free);
        await Refused("cannot be folded", folder.In("prefix"), "gguf", free);
        await Refused("it has virtual tokens. Carry the whole model away", folder.In("prefix"), "gguf_lora", free);
        await Refused("is no low-rank update", folder.In("ia3"), "gguf_lora", free);
        ModelFolders.Edit(folder.In("adapter", "adapter_config.json"), ("base_model_name_or_path", "gone"));
        await Refused("'gone'", folder.In("adapter"), "gguf", free);
        ModelFolders.Edit(
            folder.In("base", "config.json"),
            ("rope_scaling", new System.Text.Json.Nodes.JsonObject { ["rope_type"] = "dynamic", ["factor"] = 2.0 })
        );
        await Refused("GGUF cannot say it: its rope_type is dynamic", taken, "gguf", free);
        Assert.Equal(["adapter", "base", "ia3", "prefix"], Names(folder.Path));
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small disk is mounted by Linux's unshare.");
        using var folder = new TempFolder();
        using (ModelFolders.Write(folder.In("base"))) { }
        Directory.CreateDirectory(folder.In("small"));
        var script = """
            mount -t tmpfs -o size=40k tmpfs "$1/small" || exit 99
            dotnet "$2" export "$1/base" --to gguf --out "$1/small/new"; echo "rc: $?"
            echo "left: $(ls -A "$1/small")."
            """;
        var start = new System.Diagnostics.ProcessStartInfo(
            "unshare",
            ["--map-root-user", "--mount", "sh", "-c", script, "sh", folder.Path, typeof(ExportTests).Assembly.Location]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var child = System.Diagnostics.Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"rc: {ExitCode.DiskFull}\n", output, StringComparison.Ordinal);
        Assert.Contains("left: .\n", output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", await errors, StringComparison.Ordinal);
    }

    /// <summary>A format of this project's own is a record here, and nothing else.</summary>
    [Fact]
    public async Task A_format_of_ones_own_is_one_record()
    {
        using var folder = new TempFolder();
        using (ModelFolders.Write(folder.In("base"))) { }
        var told = await Done("export", folder.In("base"), "--to", "names", "--set", "most=3", "--out", folder.In("new"));
        Assert.Contains("3 names", told, StringComparison.Ordinal);
        Assert.Equal(3, (await File.ReadAllLinesAsync(folder.In("new", "names.txt"))).Length);
    }

    private static string[] Names(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static async Task<string> Done(params string[] args)
    {
        var (code, printed) = await Desk.RunAsync(args);
        Assert.True(code == ExitCode.Success, printed);
        return printed.ReplaceLineEndings(" ");
    }

    private static async Task Refused(string expected, string model, string format, string output, params string[] more)
    {
        var (code, printed) = await Desk.RunAsync(["export", model, "--to", format, "--out", output, .. more]);
        Assert.True(code == ExitCode.Mistake, printed);
        Assert.Contains(expected, printed.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", printed, StringComparison.Ordinal);
    }

    /// <summary>The names of weights, one a line.</summary>
    [Keyword("names")]
    public sealed record NamesFormat : ExportFormat
    {
        /// <summary>How many.</summary>
        public int Most { get; init; } = 10;

        public override ExportOutcome Write(ExportedModel model, string folder, CancellationToken cancellation)
        {
            string[] names = [.. model.Model.Model.Parameters.Keys.Order(StringComparer.Ordinal).Take(Most)];
            File.WriteAllLines(Path.Combine(folder, "names.txt"), names);
            return new([$"{names.Length} names"], []);
        }
    }
}
