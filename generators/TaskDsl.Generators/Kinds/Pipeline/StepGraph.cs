using System.Text.RegularExpressions;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>The steps of a pipeline, and which needs which.</summary>
internal sealed class StepGraph(BoundRecord pipeline)
{
    private static readonly Regex Name = new("^[A-Za-z_][A-Za-z0-9_]*$");

    /// <summary>The steps and groups as they stand.</summary>
    public IReadOnlyList<BoundStep> Steps { get; } = BoundStep.Of(pipeline.Entries("steps"), null);

    /// <summary>The steps, those of groups too.</summary>
    public IEnumerable<BoundStep> Leaves => Steps.SelectMany(step => step.Leaves);

    private IEnumerable<BoundStep> All => Steps.SelectMany(WithInner);

    /// <summary>What a name means in a step; null where the text is no name.</summary>
    public NamedStep? Find(BoundStep reader, BoundScalar named) =>
        BoundStep.StepOf(named) is { } name ? NamedStep.Of(reader, name, Steps) : null;

    /// <summary>The columns of a table that a step makes, as <c>StepTable</c> calls them.</summary>
    public IEnumerable<(string Column, SourceSpan Place)> Columns(BoundStep step) =>
        from named in step.Named
        where named.Property.Name == step.Makes?.Also
        let name = named.Named.Scalar.Value
        from cell in Find(step, named.Named)?.Cells
            ??
            [
                [],
            ]
        select (
            $"{new TableColumn(name.StartsWith("$", StringComparison.Ordinal) ? name.Substring(1) : Folder(name), []).With(cell)}",
            named.Named.Span
        );

    /// <summary>A step's name that stands for a path is not a missing file but a missing $.</summary>
    public void CheckSigns(string path, List<Problem> problems)
    {
        foreach (var step in Leaves)
        foreach (var (property, named) in step.Named)
            if (
                !NamedStep.Of(step, named.Scalar.Value, Steps).IsMissing
                && Fault(step, property, isPath: false, named) is { } fault
                && problems.RemoveAll(p => p.Span == named.Span) > 0
            )
                problems.Add(fault(path, named.Span));
    }

    /// <summary>Finds what of the names in it is wrong.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metrics">The words of metrics.</param>
    /// <param name="problems">Receives it.</param>
    public void Check(string path, IReadOnlyList<string> metrics, List<Problem> problems)
    {
        foreach (var step in All)
        {
            if (!Name.IsMatch(step.Name))
                problems.Add(
                    new Problem(Rules.BadName, path, step.Key.Span, step.Name, "a step has letters, digits and _, as first_student")
                );
            foreach (var (property, named) in step.Named)
                if (Fault(step, property, property.IsPath, named) is { } fault)
                    problems.Add(fault(path, named.Span));
            foreach (
                var named in Columns(step)
                    .GroupBy(c => c.Column)
                    .SelectMany(same => step.Makes!.Besides.Contains(same.Key) ? same : same.Skip(1))
            )
                problems.Add(new Problem(Rules.BadStep, path, named.Place, $"'{step.Name}' has a column '{named.Column}' already"));
            if (step.Value["stages"] is { } stages && (step.IsGroup || step.Makes is { Kind: not "examples" }))
                problems.Add(
                    new Problem(
                        Rules.BadStep,
                        path,
                        stages.Span,
                        $"stages are for examples, and '{step.Name}' {(step.IsGroup ? "is a group" : $"makes {Article(step.Makes!.Kind)}")}"
                    )
                );
        }

        foreach (var (place, fault) in All.SelectMany(step => new StepRounds(step, Steps).Faults()))
            problems.Add(new Problem(Rules.BadRounds, path, place, fault));
        foreach (var step in All)
            if (step.Choose is { } by && WrongChoice(step, by.Scalar.Value, metrics) is { } wrong)
                problems.Add(new Problem(Rules.BadSweep, path, by.Span, wrong));
        if (!problems.Any(p => p.IsError) && Circle() is { } circle)
            problems.Add(new Problem(Rules.Cycle, path, circle.Place, circle.Steps));
    }

    private Func<string, SourceSpan, Problem>? Fault(BoundStep step, PropertyModel property, bool isPath, BoundScalar named)
    {
        var (wanted, text) = (property.Result!, named.Scalar.Value);
        if (BoundStep.StepOf(named) is not { } name)
            return isPath || text == wanted.Also
                ? null
                : (path, place) =>
                    new Problem(
                        Rules.WrongResult,
                        path,
                        place,
                        $"'{text}' is no result of a step: write {(NamedStep.Of(step, text, Steps).IsMissing ? "$<step>" : "$" + text)}"
                            + (wanted.Also.Length > 0 ? $" or {wanted.Also}" : "")
                    );
        var found = NamedStep.Of(step, name, Steps);
        if (found.CarriedBy is { } round)
        {
            if (found.Step is null)
                return null; // It is told where it is carried.
            var first = StepRounds.First(round, name, Steps);
            if (property.Type.Kind != TypeKind.List && first.IsMissing)
                return (path, place) =>
                    new Problem(
                        Rules.BadRounds,
                        path,
                        place,
                        $"in the first round there is no '{text}': no step has the name, which may then stand in lists only"
                    );
            found = first.IsMissing ? found : first;
        }

        if (found.IsMissing)
            return (path, place) => new Problem(Rules.UnknownStep, path, place, name, found.Fault!);
        if (found.Fault is { } fault)
            return (path, place) => new Problem(Rules.WrongResult, path, place, fault);
        // What does not fit its type has its own problem.
        if (found.Step is { Makes: { } made } other && made.Kind != wanted.Kind && made.Kind != wanted.Or)
            return (path, place) =>
                new Problem(
                    Rules.WrongResult,
                    path,
                    place,
                    $"'{text}' is {Article(made.Kind)}, made by '{other.Verb!.Type.Label}', where {Article(wanted.Kind)}"
                        + $"{(wanted.Or.Length > 0 ? $" or {Article(wanted.Or)}" : "")} is expected"
                );
        return property.Type.Kind != TypeKind.List && found.IsSeveral
            ? (path, place) =>
                new Problem(
                    Rules.WrongResult,
                    path,
                    place,
                    $"'{text}' is one result for each cell of its sweep ({found.Cells.Count}), where one is expected; say which by "
                        + "choose: {by: validation.accuracy} in the sweep"
                )
            : null;
    }

    private static string? WrongChoice(BoundStep step, string by, IReadOnlyList<string> metrics)
    {
        var parts = by.Split('.');
        if (parts.Length < 2 || parts[parts.Length - 2] != "validation")
            return $"'{by}' is nothing to choose by: write validation.accuracy, in a group with the step before it; the test part is never "
                + "looked at";
        if (parts[parts.Length - 1] is var metric && metric != "loss" && !metrics.Contains(metric))
            return $"'{metric}' is not a metric{NearestWord.Choice(metric, [.. metrics, "loss"])}";
        var named = string.Join(".", parts.Take(parts.Length - 2));
        if (named.Length == 0)
            return step.IsGroup ? $"'{by}' of which step? Write one before it, as {step.Leaves.First(_ => true).Name}.{by}"
                : step.Makes is { Kind: not "model" } makes ? $"'{step.Name}' makes {Article(makes.Kind)}, and '{by}' is a model's"
                : null;
        var found = NamedStep.Within(step, named);
        return found.IsMissing
            ? $"there is no step '{named}'{found.Fault}"
            : found.Fault
                ?? (
                    found.Step is { Makes: { Kind: not "model" } made } ? $"'{named}' makes {Article(made.Kind)}, and '{by}' is a model's"
                    : found.Cells.Count > 1 ? $"'{named}' is {found.Cells.Count} models in each cell, where one is measured"
                    : null
                );
    }

    private (SourceSpan Place, string Steps)? Circle()
    {
        var done = new HashSet<BoundStep>();
        var open = new List<BoundStep>();
        return Leaves.Select(Visit).FirstOrDefault(found => found is not null);

        (SourceSpan, string)? Visit(BoundStep step)
        {
            if (!done.Add(step))
                return null;
            open.Add(step);
            foreach (var (_, named) in step.Named)
            {
                if (Needed(step, named) is not { } needed)
                    continue;
                if (open.Contains(needed))
                    return (named.Span, string.Join(" -> ", open.SkipWhile(n => n != needed).Append(needed).Select(n => n.Path)));
                if (Visit(needed) is { } found)
                    return found;
            }

            open.Remove(step);
            return null;
        }
    }

    // What is carried is of the round before; in the first it is what has the name outside.
    private BoundStep? Needed(BoundStep step, BoundScalar named) =>
        Find(step, named) is not { } found ? null
        : found.CarriedBy is { } round ? StepRounds.First(round, BoundStep.StepOf(named)!, Steps).Step
        : found.Step;

    private static IEnumerable<BoundStep> WithInner(BoundStep step) => step.Steps.SelectMany(WithInner).Prepend(step);

    private static string Folder(string path) => path.TrimEnd('/').Split('/').Last();

    /// <summary>What is made, in words.</summary>
    public static string Article(string kind) => kind is "examples" or "texts" or "files" or "answers" ? kind : Wording.Article(kind);
}
