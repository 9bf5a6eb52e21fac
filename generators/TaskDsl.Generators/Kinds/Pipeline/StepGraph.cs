using System.Text.RegularExpressions;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>The steps of a pipeline, and which needs which.</summary>
internal sealed class StepGraph(BoundRecord pipeline)
{
    private static readonly Regex Name = new("^[A-Za-z_][A-Za-z0-9_]*$");

    /// <summary>The steps as they stand.</summary>
    public IReadOnlyList<BoundStep> Steps { get; } =
    [.. pipeline.Entries("steps").Select(e => e.Value is BoundRecord value ? new BoundStep(e.Key, value) : null).OfType<BoundStep>()];

    /// <summary>The names of all steps.</summary>
    public IEnumerable<string> Names => pipeline.Entries("steps").Select(e => e.Key.Value);

    /// <summary>A step; null where there is none.</summary>
    public BoundStep? Find(string? name) => Steps.FirstOrDefault(step => step.Name == name);

    /// <summary>A step's name that stands for a path is not a missing file but a missing $.</summary>
    public void CheckSigns(string path, List<Problem> problems)
    {
        foreach (var (property, named) in Steps.SelectMany(step => step.Named))
            if (
                Names.Contains(named.Scalar.Value)
                && Fault(property.Result!, isPath: false, named) is { } fault
                && problems.RemoveAll(p => p.Span == named.Span) > 0
            )
                problems.Add(fault(path, named.Span));
    }

    /// <summary>Finds what of the names in it is wrong.</summary>
    public void Check(string path, List<Problem> problems)
    {
        foreach (var step in Steps)
        {
            if (!Name.IsMatch(step.Name))
                problems.Add(
                    new Problem(Rules.BadName, path, step.Key.Span, step.Name, "a step has letters, digits and _, as first_student")
                );
            foreach (var (property, named) in step.Named)
                if (Fault(property.Result!, property.IsPath, named) is { } fault)
                    problems.Add(fault(path, named.Span));
            foreach (var named in step.Columns.GroupBy(c => c.Column).SelectMany(same => same.Skip(1)))
                problems.Add(new Problem(Rules.BadStep, path, named.Place, $"'{step.Name}' has a column '{named.Column}' already"));
            if (step.Value["stages"] is { } stages && step.Makes is { Kind: not "examples" } makes)
                problems.Add(
                    new Problem(Rules.BadStep, path, stages.Span, $"stages are for examples, and '{step.Name}' makes {Article(makes.Kind)}")
                );
        }

        if (Circle() is { } circle)
            problems.Add(new Problem(Rules.Cycle, path, circle.Place, circle.Steps));
    }

    private Func<string, SourceSpan, Problem>? Fault(Vocabulary.ResultModel wanted, bool isPath, BoundScalar named)
    {
        var text = named.Scalar.Value;
        if (BoundStep.StepOf(named) is not { } name)
            return isPath || text == wanted.Also
                ? null
                : (path, place) =>
                    new Problem(
                        Rules.WrongResult,
                        path,
                        place,
                        $"'{text}' is no result of a step: write {(Names.Contains(text) ? "$" + text : "$<step>")}"
                            + (wanted.Also.Length > 0 ? $" or {wanted.Also}" : "")
                    );
        if (!Names.Contains(name))
            return (path, place) => new Problem(Rules.UnknownStep, path, place, name, NearestWord.Choice(name, Names));
        // What does not fit its type has its own problem.
        return Find(name) is { Makes: { } made } other && made.Kind != wanted.Kind
            ? (path, place) =>
                new Problem(
                    Rules.WrongResult,
                    path,
                    place,
                    $"'{text}' is {Article(made.Kind)}, made by '{other.Verb!.Type.Label}', where {Article(wanted.Kind)} is expected"
                )
            : null;
    }

    private (SourceSpan Place, string Steps)? Circle()
    {
        var done = new HashSet<string>();
        var open = new List<string>();
        return Steps.Select(Visit).FirstOrDefault(found => found is not null);

        (SourceSpan, string)? Visit(BoundStep step)
        {
            if (!done.Add(step.Name))
                return null;
            open.Add(step.Name);
            foreach (var (_, named) in step.Named)
            {
                if (Find(BoundStep.StepOf(named)) is not { } needed)
                    continue;
                if (open.Contains(needed.Name))
                    return (named.Span, string.Join(" -> ", open.SkipWhile(n => n != needed.Name).Append(needed.Name)));
                if (Visit(needed) is { } found)
                    return found;
            }

            open.Remove(step.Name);
            return null;
        }
    }

    /// <summary>What is made, in words.</summary>
    public static string Article(string kind) => kind is "examples" or "texts" or "files" ? kind : Wording.Article(kind);
}
