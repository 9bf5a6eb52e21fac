using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// Settings of single modules, by expressions of their names, as PEFT has them: the first that fits the end of a name holds.
/// </summary>
public static class ModulePattern
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1); // An expression of a file may be one that never ends.

    /// <summary>A setting's numbers by their expressions, checked; none where it is not set.</summary>
    /// <param name="config">The settings of <c>adapter_config.json</c>.</param>
    /// <param name="name">The setting.</param>
    /// <exception cref="MisfitException">It is no map of expressions and numbers.</exception>
    public static Dictionary<string, double> Read(JsonObject config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        if (config[name] is not { } setting)
            return numbers;
        if (setting is not JsonObject patterns)
            throw new MisfitException($"{name} is {setting.ToJsonString()}; expected expressions of maps' names, each with a number.");
        foreach (var (pattern, value) in patterns)
        {
            if (value?.GetValueKind() != JsonValueKind.Number || !(value.Deserialize<double>() is > 0 and < 1 << 20 and var number))
                throw new MisfitException($"{name}: '{pattern}' has {value?.ToJsonString() ?? "null"}; expected a number above 0.");
            _ = Compile(name, pattern);
            numbers.Add(pattern, number);
        }

        return numbers;
    }

    /// <summary>The number of a module; null = no expression fits its name.</summary>
    /// <typeparam name="T">The numbers' type.</typeparam>
    /// <param name="numbers">The numbers by their expressions.</param>
    /// <param name="module">The module's name.</param>
    public static T? Find<T>(IReadOnlyDictionary<string, T> numbers, string module)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(numbers);
        foreach (var (pattern, number) in numbers)
            if (Expression(pattern, whole: false).IsMatch(module))
                return number;
        return null;
    }

    /// <summary>An expression of modules' names.</summary>
    /// <param name="setting">Where it stands, for the error.</param>
    /// <param name="pattern">The expression, as Python writes it.</param>
    /// <param name="whole">Whether it is of the whole name; otherwise of its end, behind a dot.</param>
    /// <exception cref="MisfitException">It is none.</exception>
    public static Regex Compile(string setting, string pattern, bool whole = false) =>
        Mistake(pattern) is { } mistake
            ? throw new MisfitException($"{setting}: '{pattern}' is no expression: {mistake}")
            : Expression(pattern, whole);

    /// <summary>Why a text is no expression; null = it is one.</summary>
    public static string? Mistake(string pattern)
    {
        try
        {
            _ = Expression(pattern, whole: true);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    private static Regex Expression(string pattern, bool whole) =>
        new(
            $@"^{(whole ? "" : @"(.*\.)?")}(?:{pattern.Replace("(?P<", "(?<", StringComparison.Ordinal)})$",
            RegexOptions.CultureInvariant,
            Patience
        );
}
