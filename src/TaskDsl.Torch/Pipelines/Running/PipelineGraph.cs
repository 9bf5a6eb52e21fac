using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Which steps need which. The compiler has checked what the YAML says; what <c>--set</c> and C# say is checked here, before anything runs.
/// </summary>
internal static class PipelineGraph
{
    /// <summary>The steps, each behind those that it needs, and else as they stand.</summary>
    /// <exception cref="RunException">A name is no step's, or one's that makes something else; or steps wait for each other.</exception>
    public static IReadOnlyList<string> Order(Pipeline pipeline)
    {
        var order = new List<string>();
        var open = new List<string>();
        foreach (var name in pipeline.Steps.Keys)
            Visit(name);
        return order;

        void Visit(string name)
        {
            if (order.Contains(name))
                return;
            if (open.Contains(name))
                throw new RunException(
                    $"pipeline '{pipeline.Name}': {string.Join(" -> ", open.SkipWhile(n => n != name).Append(name))} wait for each other."
                );
            open.Add(name);
            foreach (var needed in Needs(pipeline, name))
                Visit(needed);
            open.Remove(name);
            order.Add(name);
        }
    }

    /// <summary>The steps whose results a step is given.</summary>
    /// <exception cref="RunException">A name is no step's, or one's that makes something else.</exception>
    public static IEnumerable<string> Needs(Pipeline pipeline, string step)
    {
        foreach (var (property, wanted, named) in pipeline.Steps[step].Verb.Named().Where(n => n.Named.StartsWith('$')))
        {
            if (!pipeline.Steps.TryGetValue(named[1..], out var other))
                throw new RunException(
                    $"{step}.{property}: there is no step '{named[1..]}'{NearestWord.Choice(named[1..], pipeline.Steps.Keys)}"
                );
            if (other.Verb.Makes.Kind != wanted.Kind)
                throw new RunException($"{step}.{property}: '{named}' makes '{other.Verb.Makes.Kind}' where '{wanted.Kind}' is expected.");
            yield return named[1..];
        }
    }

    /// <summary>The task of the examples that a step makes.</summary>
    public static DslTask? TaskOf(PipelineStep step) => step.Verb.GetType().GetProperty("Task")?.GetValue(step.Verb) as DslTask;
}
