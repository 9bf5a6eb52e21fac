using System.Globalization;
using System.Text;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>
/// A chat template in the Jinja language, as far as the public models use it, rendered as transformers renders it: <c>trim_blocks</c> and
/// <c>lstrip_blocks</c> on, values that cannot be changed, <c>raise_exception</c>, <c>strftime_now</c>, a <c>tojson</c> that escapes no
/// HTML, and the tag <c>generation</c>. Immutable.
/// </summary>
internal sealed class JinjaTemplate
{
    private const int Longest = 1 << 20;
    private readonly IReadOnlyList<Statement> body;

    private JinjaTemplate(IReadOnlyList<Statement> body) => this.body = body;

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">It is broken, or needs what is not supported.</exception>
    public static JinjaTemplate Parse(string source) =>
        source.Length <= Longest
            ? new JinjaTemplate(Parser.Parse(source))
            : throw new JinjaException(new Position(1, 1), $"the template has {source.Length:N0} characters; {Longest:N0} are supported.");

    /// <summary>Renders the template.</summary>
    /// <param name="variables">What the template can read.</param>
    /// <param name="now">The time of <c>strftime_now</c>.</param>
    /// <exception cref="JinjaException">The template raised it, does what Python cannot, or takes too long.</exception>
    public Text Render(IEnumerable<(string Id, object? Value)> variables, DateTime now)
    {
        var budget = new Budget();
        var globals = new Scope(null);
        foreach (var function in Functions(now))
            globals.Set(function.Name, function);
        var scope = new Scope(globals);
        foreach (var (id, value) in variables)
            scope.Set(id, value);
        try
        {
            return new Renderer(budget).Render(body, scope);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new JinjaException(budget.At, "the template is nested too deeply, or calls itself without an end.");
        }
    }

    private static Function[] Functions(DateTime now) =>
        [
            new("raise_exception", a =>
                throw new JinjaException(
                    a.At,
                    a.Bind("message")[0] is Text text ? text.Value : "the template does not accept these messages."
                )
            ),
            new("strftime_now", a => new Text(Strftime(a.Bind("format").Text(0).Value, now, a))),
            new("namespace", Namespace),
            new("dict", a => Namespace(a).Attributes),
            new("range", Range),
        ];

    private static Namespace Namespace(Arguments arguments)
    {
        var made = new Namespace();
        if (arguments.All.Count > 1)
            throw arguments.Bad("takes at most one dictionary");
        foreach (
            var (key, value) in arguments.All.Count == 0
                ? []
                : (arguments.All[0] as Dict ?? throw arguments.Bad("needs a dictionary")).Items
        )
            made.Attributes[key] = value;
        foreach (var (id, value) in arguments.Named)
            made.Attributes[new Text(id)] = value;
        return made;
    }

    private static List<object?> Range(Arguments arguments)
    {
        var bound = arguments.Bind("start", "stop?", "step?");
        var (from, to, step) = bound.Given[1] ? (bound.Whole(0, 0), bound.Whole(1, 0), bound.Whole(2, 1)) : (0, bound.Whole(0, 0), 1);
        if (step == 0)
            throw arguments.Bad("needs a step other than 0");
        var count = Math.Ceiling(((double)to - from) / step);
        if (count > 100_000)
            throw arguments.Bad("makes at most 100000 numbers");
        arguments.Budget.Spend((long)Math.Max(0, count));
        return [.. Enumerable.Range(0, (int)Math.Max(0, count)).Select(i => (object?)(from + i * step))];
    }

    /// <summary>A time in Python's words for its parts.</summary>
    private static string Strftime(string format, DateTime now, Arguments arguments)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            var bare = format[++i] == '-' && i + 1 < format.Length;
            if (bare)
                i++;
            var part = format[i] switch
            {
                'Y' => "yyyy",
                'y' => "yy",
                'm' => "MM",
                'd' => "dd",
                'H' => "HH",
                'I' => "hh",
                'M' => "mm",
                'S' => "ss",
                'p' => "tt",
                'B' => "MMMM",
                'b' => "MMM",
                'A' => "dddd",
                'a' => "ddd",
                _ => null,
            };
            var written = format[i] switch
            {
                '%' => "%",
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                _ => now.ToString(part ?? throw arguments.Bad($"does not support '%{format[i]}'"), CultureInfo.InvariantCulture),
            };
            text.Append(bare && written.Length > 1 ? written.TrimStart('0') : written);
        }

        return text.ToString();
    }
}
