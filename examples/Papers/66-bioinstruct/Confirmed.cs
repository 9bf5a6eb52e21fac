using Papers.Sources;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace Papers;

/// <summary>Whether an exercise's result is right, by the function that the exercises are made with: 1 or 0.</summary>
[Keyword("confirmed"), Revision(1)]
public sealed record Confirmed : Scorer
{
    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples) =>
        [
            .. examples
                .Cast<Exercise.Example>()
                .Select(example => Exercises.Result(example.Input.Family, example.Input.Text) == example.Output.Result)
                .Select(isRight => new ScoredExample(isRight ? 1 : 0)),
        ];
}
