using TaskDsl.Tasks;

namespace TaskDsl.Prompts;

/// <summary>A text with expressions in it: <c>{{ title }}: {{ clause | string.strip }}</c>.</summary>
/// <param name="text">The template as it is written.</param>
/// <param name="write">What appends it to a buffer.</param>
public sealed class TextTemplate(string text, Action<PromptBuffer, Example> write)
    : FieldExpression<string>(text, example => Render(example, write))
{
    private static string Render(Example example, Action<PromptBuffer, Example> write)
    {
        using var buffer = new PromptBuffer();
        write(buffer, example);
        return buffer.ToString();
    }
}
