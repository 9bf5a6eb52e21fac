using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;

namespace TaskDsl.Generators.Kinds.Prompt;

/// <summary>Whether a model gets to see what it is asked about.</summary>
internal static class ShownInput
{
    /// <summary>
    /// Warns of a template that, with those around it, names no field of the input, or not the one that entities are copied from or a
    /// choice is made among.
    /// </summary>
    /// <param name="template">The template.</param>
    /// <param name="shown">What it and those around it name.</param>
    /// <param name="task">The task.</param>
    /// <param name="context">Receives the warning.</param>
    public static void Check(BoundScalar template, ICollection<string> shown, TaskModel task, EmitContext context)
    {
        var cut = template.Scalar.IsCut ? ". Behind it ' #' begins a comment: put quotes around the text if it goes on there" : "";
        var fields = string.Join(", ", task.Input.Select(field => field.Name));
        if (task.Input.Count > 0 && !task.Input.Any(field => shown.Contains(field.Name)))
            context.Report(
                Rules.InputNotShown,
                template.Span,
                $"the template names no field of the input ({fields}), so that the model does not see it{cut}"
            );
        else if (task.Output.FirstOrDefault(field => field.Of is { } of && !shown.Contains(of)) is { } copied)
            context.Report(
                Rules.InputNotShown,
                template.Span,
                $"the template does not name '{copied.Of}', "
                    + (
                        copied.Type.IsChosen
                            ? $"the options that '{copied.Name}' is one of"
                            : $"the text that '{copied.Name}' is copied from"
                    )
                    + cut
            );
    }
}
