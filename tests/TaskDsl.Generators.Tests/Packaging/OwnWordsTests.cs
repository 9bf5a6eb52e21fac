using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>
/// Words of a project's own, each one file: a tuning method, an objective of two terms, a metric, a stage, a decoding method, a
/// schedule, a step and a client, in a project outside the repository that knows the packages alone (<c>tests/OwnWords</c>).
/// </summary>
[Trait("Category", "Long")]
public sealed class OwnWordsTests(Feed feed) : IClassFixture<Feed>
{
    private string Project { get; } = Path.Combine(feed.NewFolder("own"), "OwnWords");

    [Fact]
    public void They_are_checked_trained_saved_loaded_merged_and_resumed()
    {
        Copy(Path.Combine(Dotnet.Repository, "tests", "OwnWords"), Project);
        var own = In("recipes", "own.recipe.yaml");
        var recipe = File.ReadAllText(own);
        File.Delete(own); // Its model is made first.
        Dotnet.Do(Project, "build");
        Run("train", "base");
        Copy(In("runs", "base", "best"), In("models", "base"));

        // Checks: the range of a property of one's own word, at its line and column.
        File.WriteAllText(own, recipe.Replace("rank: 16", "rank: 0", StringComparison.Ordinal));
        var (exitCode, output) = Dotnet.Run(Project, "build", "--no-restore");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("own.recipe.yaml(5,26): error TDSL1104", output, StringComparison.Ordinal);
        File.WriteAllText(own, recipe);
        Dotnet.Do(Project, "build", "--no-restore");

        // Hover text.
        Run("schema", "--out", "schema");
        var schema = File.ReadAllText(In("schema", "recipe.schema.json")) + File.ReadAllText(In("schema", "task.schema.json"));
        foreach (
            var summary in (string[])
                ["frozen, random and shared", "Two terms over one pass", "min-p", "in equal stairs", "each n-th", "whose first item"]
        )
            Assert.Contains(summary, schema, StringComparison.Ordinal);

        // Trained, saved, loaded again to be measured, inspected, merged.
        Run("train", "own");
        Assert.Contains(
            "\"peft_type\": \"MY_VERA\"",
            File.ReadAllText(In("runs", "own", "best", "adapter_config.json")),
            StringComparison.Ordinal
        );
        Assert.Contains("\"r\": 16", File.ReadAllText(In("runs", "own", "best", "adapter_config.json")), StringComparison.Ordinal);
        var evaluation = File.ReadAllText(In("runs", "own", "evaluation.json"));
        Assert.Contains("first_item", evaluation, StringComparison.Ordinal);
        var metrics = File.ReadAllText(In("runs", "own", "metrics.jsonl"));
        Assert.Contains("\"answer_loss\"", metrics, StringComparison.Ordinal);
        Assert.Contains("\"text_loss\"", metrics, StringComparison.Ordinal);
        var losses = metrics.Split('\n').Where(l => l.Contains("validation_loss", StringComparison.Ordinal)).Select(Loss).ToArray();
        Assert.True(losses[^1] < losses[0], $"the loss on the validation part went from {losses[0]} to {losses[^1]}");
        Assert.Contains("MY_VERA", Run("inspect", "own"), StringComparison.Ordinal);
        Run("merge", "own", "--out", "models/merged");
        Assert.True(File.Exists(In("models", "merged", "model.safetensors")));

        // A step between others.
        Assert.Contains("holds: scores.tuned.first_item", Run("run", "few"), StringComparison.Ordinal);
        var made = Directory.GetFiles(In("runs", "few", "eight"), "examples.en.jsonl", SearchOption.AllDirectories).Single();
        Assert.Equal(4, File.ReadLines(made).Count());
        Run("run", "taught");
        var said = Directory.GetFiles(In("runs", "taught", "said"), "examples.en.jsonl", SearchOption.AllDirectories).Single();
        Assert.All(File.ReadLines(said), line => Assert.Contains("\"mood\":\"bad\"", line, StringComparison.Ordinal));

        // Killed behind a checkpoint and resumed: the same bytes.
        using (var killed = Start("train", "own", "--out", "again"))
        {
            var checkpoints = In("again", "own", "checkpoints");
            while (
                !killed.HasExited
                && !(
                    Directory.Exists(checkpoints)
                    && Directory.EnumerateDirectories(checkpoints).Any(c => !c.EndsWith(".tmp", StringComparison.Ordinal))
                )
            )
                Thread.Sleep(5);
            killed.Kill(entireProcessTree: true);
            killed.WaitForExit();
        }

        Run("train", "own", "--out", "again", "--resume");
        foreach (var file in (string[])["metrics.jsonl", "best/adapter_model.safetensors"])
            Assert.Equal(Sum(In("runs", "own", file)), Sum(In("again", "own", file)));
    }

    private static double Loss(string line) => JsonDocument.Parse(line).RootElement.GetProperty("validation_loss").GetDouble();

    private string In(params ReadOnlySpan<string> path) => Path.Combine([Project, .. path]);

    private string Run(params string[] arguments) => Dotnet.Do(Project, ["run", "--no-build", "--", .. arguments]);

    private Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", ["bin/Debug/net10.0/OwnWords.dll", .. arguments])
            {
                WorkingDirectory = Project,
                RedirectStandardOutput = true,
            }
        )!;

    private static string Sum(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(from, file);
            if (path.Split(Path.DirectorySeparatorChar)[0] is "bin" or "obj")
                continue;
            var target = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
