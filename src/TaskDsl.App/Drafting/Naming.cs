using System.Text;

namespace TaskDsl.App.Drafting;

/// <summary>Names of the YAML out of names of files and columns.</summary>
internal static class Naming
{
    private const int Longest = 60;

    // What the compiler needs for itself, as classes of C#.
    private static readonly string[] Reserved =
    [
        "input",
        "output",
        "example",
        "task",
        "build",
        "compiled",
        "task_catalog",
        "equals",
        "reference_equals",
        "to_string",
        "get_hash_code",
        "get_type",
        "program",
    ];

    // What templates mean something else by.
    private static readonly string[] OfTemplates =
    [
        .. "if else end for in while break continue func ret do case when with wrap capture import readonly this empty null".Split(' '),
        .. "true false blank tablerow include string array math object html regex date timespan".Split(' '),
    ];

    private static readonly string[] OfPrompts = ["labels", "language", "output"];

    /// <summary>A text in snake_case: letters and digits of any script, all else an underscore; empty where nothing is left.</summary>
    public static string Snake(string text)
    {
        var snake = new StringBuilder();
        var before = ' ';
        foreach (var sign in text)
        {
            if (!char.IsLetterOrDigit(sign))
            {
                if (snake.Length > 0 && snake[^1] != '_')
                    snake.Append('_');
            }
            else
            {
                if (char.IsUpper(sign) && char.IsLower(before) && snake.Length > 0 && snake[^1] != '_')
                    snake.Append('_');
                snake.Append(char.ToLowerInvariant(sign));
            }

            before = sign;
        }

        return snake.ToString().Trim('_');
    }

    /// <summary>The name of a task, out of that of its file.</summary>
    public static string Task(string text)
    {
        var name = Begun(Snake(text), "task");
        return Reserved.Contains(name) ? name + "_task" : name;
    }

    /// <summary>The name of a field that none of those taken has; it is added to them.</summary>
    public static string Field(string column, ISet<string> taken)
    {
        var wished = Begun(Snake(column), "field");
        if (OfTemplates.Contains(wished))
            wished += "_value";
        var name = wished;
        for (var n = 2; !taken.Add(name); n++)
            name = $"{wished}_{n}";
        return name;
    }

    /// <summary>The name of a field that prompts name.</summary>
    public static string Input(string column, ISet<string> taken) =>
        Field(OfPrompts.Contains(Begun(Snake(column), "field")) ? column + "_value" : column, taken);

    /// <summary>The last word of a name, which mostly says what it is.</summary>
    public static string Last(string name) => Snake(name).Split('_')[^1];

    private static string Begun(string name, string otherwise)
    {
        if (name.Length > Longest)
            name = name[..Longest].TrimEnd('_');
        return name.Length == 0 ? otherwise
            : char.IsLetter(name[0]) ? name
            : $"{otherwise}_{name}";
    }
}
