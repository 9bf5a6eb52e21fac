using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Tasks;

/// <summary>Reads a task's shape out of its bound YAML and checks that it hangs together.</summary>
public static class TaskReader
{
    /// <summary>Null where the task cannot be compiled; there are then problems that say why.</summary>
    public static TaskModel? Read(BoundRecord task, string path, List<Problem> problems) => null;
}
