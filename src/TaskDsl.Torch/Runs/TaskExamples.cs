using TaskDsl.Data;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Runs;

/// <summary>What a task is trained on besides the training part of its own examples, or in its place.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Sources">Where the examples lie.</param>
/// <param name="Gold">Whether the task's own training part is trained on too. Its validation and test parts stay in any case.</param>
public sealed record TaskExamples(string Task, IReadOnlyList<DataSource> Sources, bool Gold = true)
{
    /// <summary>The builder of a task's data with what is said of it.</summary>
    internal static DatasetBuilder<Example> Builder(DslTask task, IReadOnlyList<TaskExamples> all) =>
        all.FirstOrDefault(examples => examples.Task == task.Name) switch
        {
            null => new DatasetBuilder<Example>(task),
            { Gold: true } more => new DatasetBuilder<Example>(task).And(more.Sources),
            var others => new DatasetBuilder<Example>(task).TrainOn(others.Sources),
        };
}
