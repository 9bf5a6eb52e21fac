namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>Expressions carry parentheses of their own; where C# has others around them they are too many.</summary>
internal static class Parentheses
{
    /// <summary>The expression without the parentheses that enclose all of it.</summary>
    public static string Strip(string code)
    {
        if (!code.StartsWith("(", StringComparison.Ordinal) || !code.EndsWith(")", StringComparison.Ordinal))
            return code;
        var depth = 0;
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i] == '"')
            {
                for (i++; i < code.Length && code[i] != '"'; i++)
                    if (code[i] == '\\')
                        i++;
                continue;
            }

            depth += code[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth == 0)
                return i == code.Length - 1 ? Strip(code.Substring(1, code.Length - 2)) : code;
        }

        return code;
    }
}
