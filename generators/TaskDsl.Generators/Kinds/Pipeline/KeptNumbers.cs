using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>
/// The numbers that stand beside the fields of a step's examples, which a condition in its stages may ask for: those that it gives them
/// itself, and those of the examples that it passes on.
/// </summary>
internal static class KeptNumbers
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Of(BoundStep step, StepGraph graph)
    {
        var (found, seen) = (new List<string>(), new HashSet<BoundStep>());
        Visit(step);
        return [.. found.Distinct().Where(TaskExpressions.Numbers.Contains)];

        void Visit(BoundStep at)
        {
            if (!seen.Add(at))
                return;
            found.AddRange(Own(at));
            foreach (var (_, named) in at.Named.Where(n => n.Property.Result!.PassesOn))
                if (graph.Find(at, named)?.Step is { } other)
                    Visit(other);
        }
    }

    /// <summary>A field of that name would be read in the number's place.</summary>
    public static void Check(BoundStep step, TaskModel task, EmitContext context)
    {
        var kept = Kept(step).FirstOrDefault(k => TaskExpressions.Numbers.Contains(k.Member.Word) && Has(k.Member.Word));
        if (kept is not null)
            context.Report(
                Rules.BadStep,
                kept.Span,
                $"the task '{task.Name}' has a field '{kept.Member.Word}', which hides the one that is kept"
            );
        if (step.Value["stages"] is { } stages && step.Makes is { Keeps: { Length: > 0 } given } && Has(given))
            context.Report(Rules.BadStep, stages.Span, $"the task '{task.Name}' has a field '{given}', which hides the one that is given");

        bool Has(string name) => task.Fields.Any(field => field.Name == name);
    }

    /// <summary>Reports a number that the step reads, written or by default, which none of its examples has.</summary>
    public static void CheckRead(BoundStep step, StepGraph graph, EmitContext context)
    {
        if (step.Verb is not { } verb)
            return;
        var there = Of(step, graph);
        foreach (var record in verb.All.OfType<BoundRecord>())
        foreach (var property in record.Type.Properties.Where(p => p.Type.Name.EndsWith(".KeptNumber", StringComparison.Ordinal)))
        {
            var written = record[property.Key] as BoundEnum;
            if ((written?.Member.Word ?? property.Default as string) is { } word && !there.Contains(word))
                context.Report(
                    Rules.BadStep,
                    (written ?? (BoundValue)record).Span,
                    $"these examples have no {word}: "
                        + (word == "score" ? "a 'score' step gives it" : "'generate' gives it, with keep: [confidence]")
                );
        }
    }

    private static IEnumerable<string> Own(BoundStep step) => Kept(step).Select(k => k.Member.Word).Append(step.Makes?.Keeps ?? "");

    private static IEnumerable<BoundEnum> Kept(BoundStep step) => step.Verb?.Items("keep").OfType<BoundEnum>() ?? [];
}
