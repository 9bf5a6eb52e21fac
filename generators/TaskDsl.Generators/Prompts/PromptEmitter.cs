using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Tasks;

namespace TaskDsl.Generators.Prompts;

/// <summary>Writes the C# of a prompt: its templates, compiled.</summary>
public static class PromptEmitter
{
    /// <summary>
    /// The whole file. Where a template is wrong the context gets problems, and the class is written all the same (that template
    /// renders nothing), so that recipes that name the prompt make no second error.
    /// </summary>
    public static string Emit(BoundRecord prompt, TaskModel task, EmitContext context) => "";
}
