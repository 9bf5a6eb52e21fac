using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>The snapshot kit itself, on snapshots in a folder of its own, and in an environment of its own: alone.</summary>
[Collection(nameof(SnapshotTests)), CollectionDefinition(nameof(SnapshotTests), DisableParallelization = true)]
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
        void Verify() => run.Verify(sourceFile: Test, method: "Runs");
        var failure = Assert.Throws<SnapshotException>(Verify);
        Assert.Contains("MoodTests.Runs#a.recipe.g.verified.cs does not exist yet", failure.Message, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(folder))
            File.Move(file, file.Replace(".received.", ".verified.", StringComparison.Ordinal));
        Verify();
        Assert.Equal(
            ["MoodTests.Runs#TaskCatalog.g.verified.cs", "MoodTests.Runs#a.recipe.g.verified.cs"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

        File.WriteAllText(Path.Combine(folder, "MoodTests.Runs#gone.verified.cs"), "");
        File.WriteAllText(Path.Combine(folder, "MoodTests.RunsOther.verified.txt"), "");
        Assert.StartsWith(
            "MoodTests.Runs#gone.verified.cs: nothing like it was received",
            Assert.Throws<SnapshotException>(Verify).Message,
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

    [Theory]
    [InlineData("CI")]
    [InlineData("TF_BUILD")]
    [InlineData("GITHUB_ACTIONS")]
    public void Nothing_is_accepted_in_CI(string variable)
    {
        var before = Environment.GetEnvironmentVariable(Accepting);
        Environment.SetEnvironmentVariable(variable, "true");
        Environment.SetEnvironmentVariable(Accepting, "true");
        try
        {
            void Verify() => Snapshot.Verify("a", sourceFile: Test, method: "Says");
            Assert.Contains("does not exist yet", Assert.Throws<SnapshotException>(Verify).Message, StringComparison.Ordinal);
            Assert.Contains("does not exist yet", Assert.Throws<SnapshotException>(Verify).Message, StringComparison.Ordinal);
            Assert.Equal(["MoodTests.Says.received.txt"], Directory.GetFiles(folder).Select(Path.GetFileName));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Accepting, before);
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Classes_of_one_file_have_snapshots_of_their_own()
    {
        File.WriteAllLines(
            Test,
            [
                "class Glad",
                "{",
                "    void Says() => Verify();",
                "    void Alone() => Verify();",
                "    class Inner { void Says() => Verify(); }",
                "}",
                "class Sad { void Says() => Verify(); }",
            ]
        );
        Verified("Glad.Says", "glad");
        Verified("Glad.Inner.Says", "inner");
        Verified("Sad.Says", "sad");
        Verified("Glad.Alone", "alone");
        Snapshot.Verify("glad", sourceFile: Test, method: "Says", line: 3);
        Snapshot.Verify("inner", sourceFile: Test, method: "Says", line: 5);
        Snapshot.Verify("sad", sourceFile: Test, method: "Says", line: 7);
        Snapshot.Verify("alone", sourceFile: Test, method: "Alone", line: 99);
    }

    [Fact]
    public void Two_in_one_test_need_parameters()
    {
        Verified("MoodTests.Says", "a");
        Verified("MoodTests.Says_2", "b");
        Snapshot.Verify("a", sourceFile: Test, method: "Says", line: 3);
        Snapshot.Verify("b", parameters: "2", sourceFile: Test, method: "Says", line: 4);
        Assert.Equal(
            "MoodTests.Says.verified.txt is verified twice, in lines 3 and 5. Give each its own parameters, as parameters: \"before\".",
            Assert.Throws<SnapshotException>(() => Snapshot.Verify("a", sourceFile: Test, method: "Says", line: 5)).Message
        );
        Assert.Contains(
            "is verified twice with different texts, in line 3",
            Assert.Throws<SnapshotException>(() => Snapshot.Verify("b", sourceFile: Test, method: "Says", line: 3)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("a/b:c", "a_b_c")]
    [InlineData("en", "EN")]
    public void Two_cases_that_a_files_name_cannot_tell_apart_are_told(string one, string other)
    {
        Verified("MoodTests.Says_" + one.Replace('/', '_').Replace(':', '_'), "a");
        Snapshot.Verify("a", parameters: one, sourceFile: Test, method: "Says", line: 3);
        Assert.Contains(
            $"is the snapshot of MoodTests.Says({one}) and of MoodTests.Says({other})",
            Assert
                .Throws<SnapshotException>(() => Snapshot.Verify("a", parameters: other, sourceFile: Test, method: "Says", line: 3))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("[Theory, InlineData(1, \"en\")] [InlineData(2, \"zh:cn\")]", true)]
    [InlineData("[TestCase(\"en\")] [TestCase(\"zh:cn\")]", true)]
    [InlineData("[InlineData(\"en\"), InlineData(\"zh:cn\"), InlineData(French)]", false)]
    [InlineData("[InlineData(\"en\"), MemberData(nameof(Cases))]", false)]
    [InlineData("[InlineData(\"EN\")]", false)]
    public void A_snapshot_of_a_case_that_is_gone_is_told(string cases, bool isTold)
    {
        File.WriteAllText(Test, $"class MoodTests {{ {cases} void Says(string l) {{ }} void Says_it() {{ }} }}");
        Verified("MoodTests.Says_en", "a");
        Verified("MoodTests.Says_zh_cn", "a");
        Verified("MoodTests.Says_fr", "a");
        Verified("MoodTests.Says_it", "a");
        Verified("MoodTests.Says_it_all", "a");
        var failure = Record.Exception(() => Snapshot.Verify("a", parameters: "en", sourceFile: Test, method: "Says", line: 1));
        if (isTold && !Accepts)
            Assert.StartsWith(
                "MoodTests.Says_fr.verified.txt: nothing like it was received, and no case of a theory has it.",
                Assert.IsType<SnapshotException>(failure).Message.Split("\n\n") is [var only, _] ? only : failure.Message,
                StringComparison.Ordinal
            );
        else
            Assert.Null(failure);
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

    [Fact]
    public void Data_in_a_folder_is_read_as_the_build_reads_it()
    {
        foreach (var (path, file) in HrDesk.Whole.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), file.GetText().ToString());
        }

        var project = GeneratorProject.FromFolder(folder);
        project.Run().Compiles();
        File.WriteAllText(Path.Combine(folder, "data/cv.en.jsonl"), "{\"line\": \"Led a team.\", \"Grade\": \"strong\"}\n");
        GeneratorProject
            .FromFolder(folder)
            .Run()
            .Reports(
                "tasks/grade_line.task.yaml(13,12): error TDSL1503: 'data/cv.en.jsonl' has no column for the field 'grade'; did you mean "
                    + "'columns: {grade: Grade}'?"
            );
        File.WriteAllBytes(Path.Combine(folder, "data/cv.en.jsonl"), "PAR1\0\0PAR1"u8.ToArray());
        var binary = GeneratorProject.FromFolder(folder);
        Assert.Contains("TDSL1501: 'data/cv.en.jsonl' is a Parquet file", binary.Run().Report(), StringComparison.Ordinal);
        // An edit in the test is an edit of the project.
        binary.Run().Again(binary.Add(HrDesk.Whole.Files["data/cv.en.jsonl"])).Compiles();
    }

    private const string Accepting = "TASKDSL_ACCEPT_SNAPSHOTS";

    private static bool Accepts => Environment.GetEnvironmentVariable(Accepting) == "true";

    private void Verified(string name, string text) => File.WriteAllText(Path.Combine(folder, name + ".verified.txt"), text);
}
