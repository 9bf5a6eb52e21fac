namespace TaskDsl.Data.Files;

/// <summary>The line <c>sep=;</c> before a header, by which Excel says what separates columns. Compiler and runtime share it.</summary>
public static class SeparatorLine
{
    /// <summary>The separator that a first line says; null where it is an ordinary line.</summary>
    public static char? Of(string line)
    {
        line = (line ?? throw new ArgumentNullException(nameof(line))).TrimStart('\uFEFF').TrimEnd('\r', '\n');
        return line.Length == 5 && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && line[4] is > '\0' and < '\u0080'
            ? line[4]
            : null;
    }
}
