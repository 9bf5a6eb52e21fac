using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Tasks;

/// <summary>Writes the C# of a task.</summary>
public static class TaskEmitter
{
    /// <summary>The whole file.</summary>
    public static string Emit(TaskModel model, BoundRecord task, EmitContext context) => "";
}
