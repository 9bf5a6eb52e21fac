using System.Text;

namespace TaskDsl.Vocabulary;

/// <summary>Names in the YAML: snake_case of the C# names.</summary>
public static class SnakeCase
{
    /// <summary><c>LearningRate</c> → <c>learning_rate</c>; <c>AdamW2</c> → <c>adam_w2</c>.</summary>
    public static string Of(string pascal)
    {
        var snake = new StringBuilder();
        for (var i = 0; i < pascal.Length; i++)
        {
            if (
                char.IsUpper(pascal[i])
                && i > 0
                && (!char.IsUpper(pascal[i - 1]) || (i + 1 < pascal.Length && char.IsLower(pascal[i + 1])))
            )
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(pascal[i]));
        }

        return snake.ToString();
    }
}
