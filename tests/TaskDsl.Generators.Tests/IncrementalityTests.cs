using Microsoft.CodeAnalysis;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

public class IncrementalityTests
{
    // What costs: everything else is sorting and comparing of what these have made.
    private static readonly string[] Steps = ["Document", "Bound", "Code"];

    [Fact]
    public void Editing_one_recipe_recomputes_that_file_only()
    {
        var project = Desk.OfSize(90) with { TrackSteps = true };
        var edited = project.Add(
            "recipes/r7.recipe.yaml",
            project.Files["recipes/r7.recipe.yaml"].GetText().ToString().Replace("rank: 8", "rank: 16", StringComparison.Ordinal)
        );
        var run = project.Run().Reports().Again(edited).Reports();

        foreach (var step in Steps)
            Assert.Equal([IncrementalStepRunReason.Modified], Ran(run, step));
        Assert.Equal(1, Outputs(run, IncrementalStepRunReason.Modified));
        Assert.Contains("Rank = 16", run["recipes/r7.recipe.g.cs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recipes/r7.recipe.yaml", "rank: 8", "rank: 16", 1)]
    [InlineData("tasks/t7.task.yaml", "summary: Names", "summary: Tells", 1)]
    public void Editing_one_of_a_thousand_files_writes_that_file_only(string path, string from, string to, int written)
    {
        var project = Desk.OfSize(1000);
        var first = project.Run().Reports();
        var run = first
            .Again(project.Add(path, project.Files[path].GetText().ToString().Replace(from, to, StringComparison.Ordinal)))
            .Reports();

        // What is not written again is the very same text.
        var before = first.Result.Results[0].GeneratedSources.Select(source => source.SourceText).ToHashSet();
        Assert.Equal(written, run.Result.Results[0].GeneratedSources.Count(source => !before.Contains(source.SourceText)));
    }

    [Fact]
    public void Editing_a_task_recomputes_it_and_its_prompt_only()
    {
        var project = Desk.OfSize(90) with { TrackSteps = true };
        var edited = project.Add(
            "tasks/t7.task.yaml",
            project.Files["tasks/t7.task.yaml"].GetText().ToString().Replace("[glad, sad]", "[glad, sad, calm]", StringComparison.Ordinal)
        );
        var run = project.Run().Reports().Again(edited).Reports();

        Assert.Equal([IncrementalStepRunReason.Modified], Ran(run, "Bound"));
        Assert.Equal(2, Ran(run, "Code").Count);
    }

    [Fact]
    public void Breaking_a_recipe_recomputes_that_file_and_the_catalogue_only()
    {
        var project = Desk.OfSize(90) with { TrackSteps = true };
        var run = project.Run().Again(project.Add("recipes/r7.recipe.yaml", "recipe: r7\nmodel: [\n"));

        foreach (var step in Steps)
            Assert.Equal([IncrementalStepRunReason.Modified], Ran(run, step));
        Assert.DoesNotContain("Recipes.R7,", run["TaskCatalog.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_blank_line_moves_diagnostics_and_generates_nothing_again()
    {
        var project = (Desk.Whole with { TrackSteps = true }).Add("b.recipe.yaml", Desk.Plain + "\nbugdet: 1");
        var first = project
            .Run()
            .Reports("b.recipe.yaml(5,1): error TDSL1101: 'bugdet' is not a property of recipe; did you mean 'budget'?");
        var run = first.Again(project.Add("b.recipe.yaml", "\n" + Desk.Plain + "\nbugdet: 1"));

        run.Reports("b.recipe.yaml(6,1): error TDSL1101: 'bugdet' is not a property of recipe; did you mean 'budget'?");
        Assert.All(Reasons(run, "Source"), reason =>
            Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged)
        );
        Assert.Equal(
            0,
            Outputs(run, IncrementalStepRunReason.Modified) - Reasons(run, "Problems").Count(r => r == IncrementalStepRunReason.Modified)
        );
    }

    [Fact]
    public void A_comment_recomputes_no_code()
    {
        var project = Desk.Whole with { TrackSteps = true };
        var run = project.Run().Again(project.Add("tasks/mood.task.yaml", "# A comment.\n" + Desk.Task));

        Assert.All(Reasons(run, "Source"), reason =>
            Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged)
        );
        Assert.Equal(0, Outputs(run, IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void A_CSharp_edit_that_touches_no_word_recomputes_nothing()
    {
        var project = (Desk.OfSize(90) with { TrackSteps = true }).AddSource("a.cs", "class A;").AddSource("b.cs", Focal);
        var run = project.Run().Again(project.AddSource("a.cs", "class A { int x = 1; public int X => x; }"));

        foreach (var step in Steps)
            Assert.Empty(Ran(run, step));
        Assert.Equal([IncrementalStepRunReason.Unchanged], Reasons(run, "Vocabulary"));
        Assert.Equal(0, Outputs(run, IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void A_CSharp_edit_of_a_word_is_seen()
    {
        var project = Desk.WithRecipe("recipe: a\nmodel: models/base\nobjective: {focal: {gamma: 3}}\ncorpus: []\n")
            .AddSource("b.cs", Focal);
        var first = project.Run().Compiles();
        Assert.Contains("new global::Mine.Focal", first["a.recipe.g.cs"], StringComparison.Ordinal);

        var run = first.Again(project.AddSource("b.cs", Focal.Replace("Range(0.0, 5.0)", "Range(0.0, 2.0)", StringComparison.Ordinal)));
        run.Reports("a.recipe.yaml(3,28): error TDSL1104: 3 is not allowed for 'gamma'; expected 0 to 2");
    }

    [Fact]
    public void A_deleted_file_leaves_no_code()
    {
        var run = Desk.Whole.Run().Again(Desk.Whole.Remove("recipes/mood_lora.recipe.yaml"));

        Assert.DoesNotContain(run.Files, file => file.HintName.Contains("recipe", StringComparison.Ordinal));
        Assert.DoesNotContain("Recipes", run["TaskCatalog.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void No_step_keeps_a_symbol_or_a_syntax_node()
    {
        var run = (Desk.Whole with { TrackSteps = true }).AddSource("b.cs", Focal).Run();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (step, runs) in run.Result.Results[0].TrackedSteps)
        {
            if (!Named.Contains(step))
                continue;
            foreach (var output in runs.SelectMany(r => r.Outputs))
                Walk(output.Value, step, seen);
        }

        Assert.True(seen.Count > 50);
    }

    private const string Focal = """
        namespace Mine;
        using System.ComponentModel.DataAnnotations;
        using TaskDsl.Torch.Objectives.Losses;
        using TaskDsl.Vocabulary;
        [Keyword("focal")]
        public sealed record Focal : Objective
        {
            [Range(0.0, 5.0)] public double Gamma { get; init; } = 2;
            public override ObjectiveRun Start(ObjectiveStart start) => throw new System.NotSupportedException();
        }
        """;

    private static readonly string[] Named =
    [
        "Options",
        "Vocabulary",
        "Files",
        "Document",
        "Bound",
        "Index",
        "Shapes",
        "Scope",
        "Code",
        "Source",
        "Problems",
    ];

    private static void Walk(object? value, string step, HashSet<object> seen)
    {
        if (
            value is null or string
            || value.GetType().IsPrimitive
            || value.GetType().IsEnum
            || value is DiagnosticDescriptor
            || !seen.Add(value)
        )
            return;
        Assert.False(
            value is ISymbol or SyntaxNode or SyntaxTree or Compilation or AdditionalText,
            $"step {step} keeps a {value.GetType()}"
        );
        if (value is System.Collections.IEnumerable items)
        {
            foreach (var item in items)
                Walk(item, step, seen);
            return;
        }

        if (value.GetType().Namespace?.StartsWith("System.Reflection", StringComparison.Ordinal) == true)
            return;
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            foreach (
                var field in type.GetFields(
                    System.Reflection.BindingFlags.Instance
                        | System.Reflection.BindingFlags.Public
                        | System.Reflection.BindingFlags.NonPublic
                        | System.Reflection.BindingFlags.DeclaredOnly
                )
            )
                Walk(field.GetValue(value), step, seen);
    }

    private static List<IncrementalStepRunReason> Reasons(GeneratorRun run, string step) =>
        [.. run.Result.Results[0].TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason)];

    /// <summary>The reasons of the outputs that were computed in this run at all.</summary>
    private static List<IncrementalStepRunReason> Ran(GeneratorRun run, string step) =>
        [.. Reasons(run, step).Where(reason => reason != IncrementalStepRunReason.Cached)];

    private static int Outputs(GeneratorRun run, IncrementalStepRunReason reason) =>
        run.Result.Results[0].TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Count(o => o.Reason == reason);
}
