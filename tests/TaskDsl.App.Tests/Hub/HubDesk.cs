using System.Diagnostics;
using System.Text;
using Spectre.Console;
using TaskDsl.Data;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Hub;

/// <summary>A project whose recipe and data are on a hub, with a cache of its own; the environment is put back at the end.</summary>
internal sealed class HubDesk : IAsyncDisposable
{
    private static readonly string[] Variables =
    [
        "HF_ENDPOINT",
        "HF_HOME",
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "HF_TOKEN_PATH",
        "HF_HUB_OFFLINE",
        "TRANSFORMERS_OFFLINE",
    ];

    private readonly TempFolder home = new();
    private readonly Dictionary<string, string?> before = Variables.ToDictionary(name => name, Environment.GetEnvironmentVariable);

    private HubDesk(HubHost hub)
    {
        Hub = hub;
        foreach (var name in Variables)
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("HF_HOME", home.Path);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", hub.Address);
    }

    public HubHost Hub { get; }

    public string Cache => home.In("hub");

    /// <summary>The folder of the hub's model in the cache.</summary>
    public string Model => Path.Combine(Cache, "models--acme--tiny");

    public string Snapshot => Path.Combine(Model, "snapshots", HubHost.Commit);

    public string Blob(string path) => Path.Combine(Model, "blobs", Hub.ETag(path));

    /// <summary>A hub with a model's configuration and weights, small enough to be looked at.</summary>
    public static async Task<HubDesk> WithModelAsync() =>
        new(
            await HubHost.StartAsync(
                ("config.json", "{\"model_type\": \"llama\"}"u8.ToArray(), false),
                ("tokenizer.json", "{\"version\": \"1.0\"}"u8.ToArray(), false),
                ("model.safetensors", Noise(300_000), true),
                ("pytorch_model.bin", Noise(1000), true),
                ("model.fp16.safetensors", Noise(1000), true),
                ("onnx/model.onnx", Noise(1000), true),
                ("README.md", "A model."u8.ToArray(), false)
            )
        );

    public static async Task<HubDesk> WithAsync(params (string Path, byte[] Content, bool IsLarge)[] files) =>
        new(await HubHost.StartAsync(files));

    public static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A project with one recipe that starts from a hub's model.</summary>
    public static Catalog OfModel { get; } = Of(Tiny(new HubModel { Model = "acme/tiny", Revision = HubHost.Commit }));

    public static Recipe Tiny(HubModel model) =>
        TaskCatalog.Default.Definitions.OfType<Recipe>().Single(recipe => recipe.Name == "tiny") with
        {
            Name = "tiny_hub",
            Model = model,
            Tuning = new Lora { Rank = 2 },
        };

    /// <summary>A project that reads data of a hub.</summary>
    public static Catalog OfData(params IReadOnlyList<DataSource> sources) => Of(new Reading { Name = "reading", Sources = sources });

    public static Catalog Of(params IReadOnlyList<Definition> definitions) =>
        new()
        {
            Assembly = typeof(HubDesk).Assembly,
            Tasks = TaskCatalog.Default.Tasks,
            Prompts = TaskCatalog.Default.Prompts,
            Definitions = definitions,
        };

    public Task<(int Code, string Printed)> FetchAsync(params string[] names) => RunAsync(OfModel, ["fetch", .. names]);

    public static async Task<(int Code, string Printed)> RunAsync(Catalog catalog, params string[] args)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = 1000;
        var code = await TaskApp.RunAsync(args, catalog, console);
        return (code, text.ToString());
    }

    /// <summary>A process of its own that fetches.</summary>
    public static async Task<(int Code, string Printed)> ProcessAsync(params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(HubDesk).Assembly.Location, "fetch"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var printed = child.StandardOutput.ReadToEndAsync();
        var errors = child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        return (child.ExitCode, await printed + await errors);
    }

    /// <summary>Every file and link of the cache with what is in it: nothing but these.</summary>
    public IEnumerable<string> Listed() =>
        Directory
            .EnumerateFileSystemEntries(Cache, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(path => !Directory.Exists(path))
            .Select(path => Path.GetRelativePath(Cache, path) + (new FileInfo(path).LinkTarget is { } target ? $" -> {target}" : ""))
            .Order(StringComparer.Ordinal);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        foreach (var (name, value) in before)
            Environment.SetEnvironmentVariable(name, value);
        await Hub.DisposeAsync();
        home.Dispose();
    }

    private sealed record Reading : Definition
    {
        public IReadOnlyList<DataSource> Sources { get; init; } = [];
    }
}
