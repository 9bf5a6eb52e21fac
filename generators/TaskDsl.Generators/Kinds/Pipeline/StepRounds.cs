using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>What a repeated step or group carries from round to round.</summary>
/// <param name="step">The step.</param>
/// <param name="steps">The pipeline's steps.</param>
internal sealed class StepRounds(BoundStep step, IReadOnlyList<BoundStep> steps)
{
    /// <summary>What a carried name means in the first round: what has it outside.</summary>
    public static NamedStep First(BoundStep round, string named, IReadOnlyList<BoundStep> steps)
    {
        for (BoundStep? at = round; at is not null; at = at.Group)
        {
            if (at != round && at.Carry.Any(c => c.Key.Value == named))
                return NamedStep.Of(at, named, steps);
            if ((at.Group?.Steps ?? steps).FirstOrDefault(s => s.Name == named) is { } found)
                return found.IsGroup
                    ? new NamedStep(null, false, $"'{named}' is a group and no result")
                    : new NamedStep(found, false, null);
        }

        return new NamedStep(null, true, "");
    }

    /// <summary>What is wrong, each at its place.</summary>
    public IEnumerable<(SourceSpan Place, string Fault)> Faults()
    {
        foreach (var entry in step.Carry)
            if (entry.Value is BoundScalar { Value: string value } named)
            {
                if (WrongResult(entry.Key, named.Scalar, value) is { } wrong)
                    yield return wrong;
                else if (WrongName(entry.Key) is { } unread)
                    yield return unread;
            }
    }

    private (SourceSpan, string)? WrongResult(YamlScalar key, YamlScalar place, string value)
    {
        var found = NamedStep.Within(step, value.TrimStart('$'));
        if (value.StartsWith("$", StringComparison.Ordinal))
            return (place.Span, $"'{value}' is written without its sign: {key.Value}: {value.TrimStart('$')}");
        if (found.IsMissing)
            return (place.Span, $"a round of '{step.Name}' makes no '{value}'{found.Fault}");
        if (found.Fault is { } fault)
            return (place.Span, fault);
        if (found.IsSeveral)
            return (place.Span, $"'{value}' is {found.Cells.Count} results, one for each cell of its sweep, where one is carried");
        if (step.Steps.Append(step).Any(made => made.Name == key.Value && (made == step) != step.IsGroup))
            return (key.Span, $"'{key.Value}' is made in each round itself; carry it under another name");
        var first = First(step, key.Value, steps);
        if (first.Fault is { Length: > 0 } wrong)
            return (key.Span, wrong);
        return (first.Step, found.Step) switch
        {
            ({ Makes: { } before }, { Makes: { } after }) when before.Kind != after.Kind => (
                key.Span,
                $"'{key.Value}' is {StepGraph.Article(before.Kind)} in the first round, and '{value}' would be "
                    + $"{StepGraph.Article(after.Kind)} in the next"
            ),
            ({ Task: { } before }, { Task: { } after }) when before != after && first.Step.Makes?.Kind == "examples" => (
                key.Span,
                $"'{key.Value}' are examples of the task '{before}' in the first round, and '{value}' of '{after}'"
            ),
            _ => null,
        };
    }

    private (SourceSpan, string)? WrongName(YamlScalar key)
    {
        List<string> read = [.. step.Leaves.SelectMany(leaf => leaf.Named).Select(n => BoundStep.StepOf(n.Named)).OfType<string>()];
        return read.Contains(key.Value)
            ? null
            : (key.Span, $"nothing in '{step.Name}' reads ${key.Value}{NearestWord.Choice(key.Value, read.Distinct())}");
    }
}
