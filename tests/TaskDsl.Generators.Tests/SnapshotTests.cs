using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>The snapshot kit itself, on snapshots in a folder of its own.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-snapshot-").FullName;

    public SnapshotTests() => Environment.SetEnvironmentVariable("DiffEngine_Disabled", "true");

    private string Test => Path.Combine(folder, "MoodTests.cs");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_verified_passes_whatever_its_line_ends_and_mark()
    {
        File.WriteAllText(Path.Combine(folder, "MoodTests.Says.verified.txt"), "\uFEFFa\r\nb\r\n");
        Snapshot.Verify("a\nb\n", sourceFile: Test, method: "Says");
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void What_differs_fails_with_the_difference_and_is_kept_as_received()
    {
        File.WriteAllText(
            Path.Combine(folder, "MoodTests.Says.verified.txt"),
            string.Concat(Enumerable.Range(0, 20).Select(i => $"line {i}\n"))
        );
        var received = string.Concat(Enumerable.Range(0, 20).Select(i => i == 10 ? "other\n" : $"line {i}\n"));
        if (Accepts)
            return;

        var failure = Assert.Throws<SnapshotException>(() => Snapshot.Verify(received, sourceFile: Test, method: "Says"));
        Assert.Contains("  line 9\n- line 10\n+ other\n  line 11\n", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("line 2\n", failure.Message, StringComparison.Ordinal);
        Assert.Equal(received, File.ReadAllText(Path.Combine(folder, "MoodTests.Says.received.txt")));
    }

    [Fact]
    public void A_run_has_a_snapshot_for_each_file_and_misses_none()
    {
        if (Accepts)
            return;
        var run = Desk.WithRecipe(Desk.Plain).Run();
        var failure = Assert.Throws<SnapshotException>(() => run.Verify(sourceFile: Test, method: "Runs"));
        Assert.Contains("MoodTests.Runs#a.recipe.g.verified.cs does not exist yet", failure.Message, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(folder))
            File.Move(file, file.Replace(".received.", ".verified.", StringComparison.Ordinal));
        run.Verify(sourceFile: Test, method: "Runs");
        Assert.Equal(
            ["MoodTests.Runs#TaskCatalog.g.verified.cs", "MoodTests.Runs#a.recipe.g.verified.cs"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

        File.WriteAllText(Path.Combine(folder, "MoodTests.Runs#gone.verified.cs"), "");
        File.WriteAllText(Path.Combine(folder, "MoodTests.RunsOther.verified.txt"), "");
        Assert.StartsWith(
            "MoodTests.Runs#gone.verified.cs: nothing like it was received",
            Assert.Throws<SnapshotException>(() => run.Verify(sourceFile: Test, method: "Runs")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Diagnostics_must_all_be_named()
    {
        var run = Desk.WithRecipe("recipe: a\nmodel: models/base\nsed: 1\nseeed: 2\n").Run();
        var failure = Assert.Throws<SnapshotException>(() =>
            run.Reports("a.recipe.yaml(3,1): error TDSL1101: 'sed' is not a property of recipe; did you mean 'seed'?")
        );
        Assert.Contains(
            "+ a.recipe.yaml(4,1): error TDSL1101: 'seeed' is not a property of recipe; did you mean 'seed'?",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Throws<SnapshotException>(() => run.Compiles());
    }

    [Fact]
    public void An_error_in_generated_code_is_not_overlooked()
    {
        // Whose base is not the one that is generated.
        var run = Desk.Whole.AddSource("Mine.cs", "namespace Desk; public partial class MoodPrompt : System.Exception;").Run();
        var failure = Assert.Throws<SnapshotException>(() => run.Reports());
        Assert.Contains("The compiler finds errors in generated code", failure.Message, StringComparison.Ordinal);
        Assert.Contains("error CS0", failure.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "MoodTests.Says.verified.txt"), "");
        Assert.Throws<SnapshotException>(() => run.VerifyDiagnostics(sourceFile: Test, method: "Says"));
    }

    [Fact]
    public void A_folder_is_taken_as_the_build_takes_it()
    {
        Directory.CreateDirectory(Path.Combine(folder, "obj"));
        Directory.CreateDirectory(Path.Combine(folder, "models/base"));
        File.WriteAllText(Path.Combine(folder, "a.recipe.yaml"), Desk.Plain);
        File.WriteAllText(Path.Combine(folder, "obj/b.recipe.yaml"), Desk.Plain);
        File.WriteAllText(Path.Combine(folder, "models/base/config.json"), "{}");
        Assert.Equal(["a.recipe.yaml", "models/base/config.json"], GeneratorProject.FromFolder(folder).Files.Keys);
        GeneratorProject.FromFolder(folder).Run().Compiles();
    }

    private static bool Accepts => Environment.GetEnvironmentVariable("TASKDSL_ACCEPT_SNAPSHOTS") == "true";
}
