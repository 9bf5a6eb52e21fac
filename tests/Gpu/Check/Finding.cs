using System.Globalization;
using System.Text.Json.Nodes;

namespace TaskDsl.Gpu;

/// <summary>What a step found of one thing: one line of the results.</summary>
/// <param name="Case">Of what; empty where a step has one finding.</param>
internal sealed record Finding(string Case = "")
{
    private readonly JsonObject numbers = [];
    private readonly List<string> far = [];

    /// <summary>What is further from what was expected than its bound; null = nothing.</summary>
    public string? Far => far.Count == 0 ? null : string.Join("; ", far);

    /// <summary>Adds a number.</summary>
    public Finding With(string name, double value)
    {
        numbers[name] = double.IsFinite(value) ? JsonValue.Create(Rounded(value)) : value.ToString(CultureInfo.InvariantCulture);
        return this;
    }

    /// <summary>Adds words.</summary>
    public Finding With(string name, string value)
    {
        numbers[name] = value;
        return this;
    }

    /// <summary>Adds numbers.</summary>
    public Finding With(string name, IEnumerable<double> values)
    {
        numbers[name] = new JsonArray([.. values.Select(v => (JsonNode)Rounded(v))]);
        return this;
    }

    /// <summary>Adds how far something is from what was expected, which may be so much.</summary>
    public Finding Within(string name, double difference, double bound)
    {
        With(name, difference).With(name + "_bound", bound);
        return difference <= bound
            ? this
            : Not(string.Create(CultureInfo.InvariantCulture, $"{name} {difference:G3}, expected at most {bound:G3}"));
    }

    /// <summary>Says that something is not as expected.</summary>
    public Finding Not(string what)
    {
        far.Add(what);
        return this;
    }

    /// <summary>Its line.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="options">How it was called.</param>
    /// <param name="seconds">How long it took.</param>
    public JsonObject ToJson(string step, Options options, double seconds)
    {
        var line = new JsonObject
        {
            ["step"] = step,
            ["device"] = options.Device,
            ["precision"] = options.PrecisionWord,
            ["size"] = options.Size,
            ["status"] = Far is null ? "ok" : "far",
            ["seconds"] = Rounded(seconds),
        };
        if (Case.Length > 0)
            line["case"] = Case;
        if (Far is not null)
            line["message"] = Far;
        foreach (var (name, value) in numbers)
            line[name] = value?.DeepClone();
        return line;
    }

    private static double Rounded(double value) =>
        value == 0 || !double.IsFinite(value)
            ? value
            : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
