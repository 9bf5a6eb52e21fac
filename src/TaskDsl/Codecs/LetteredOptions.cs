using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Grammars;
using TaskDsl.Tasks;

namespace TaskDsl.Codecs;

/// <summary>
/// The options that a <c>choice</c> is made among, each under a letter, in an order that is drawn by the record's input and by nothing
/// else. A prompt shows them, an answer is a letter, data has their texts.
/// </summary>
public sealed class LetteredOptions
{
    /// <summary>As many as there are letters.</summary>
    public const int Most = 26;

    private const int Named = 8;

    private readonly string[] texts;

    private LetteredOptions(string[] texts) => this.texts = texts;

    /// <summary>All the answers to so many options: one object, so that what is found out about it serves all records.</summary>
    private static readonly Grammar[] Answers =
    [
        .. Enumerable.Range(1, Most).Select(count => Grammar.Choice([.. Letters(count).Select(Grammar.Literal)])),
    ];

    private static readonly Grammar[] JsonAnswers =
    [
        .. Enumerable
            .Range(1, Most)
            .Select(count => Grammar.Choice([.. Letters(count).Select(letter => Grammar.Literal($"\"{letter}\""))])),
    ];

    /// <summary>The options of a record, under their letters.</summary>
    /// <param name="task">Its task.</param>
    /// <param name="input">Its input.</param>
    /// <param name="field">The field that has the options.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="InputException">There are none or too many, or one stands there twice.</exception>
    public static LetteredOptions Of(DslTask task, object input, string field, ValueList<string>? options)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (Fault(field, options) is { } fault)
            throw new InputException($"task '{task.Name}': {fault.Message}.");
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        string[] texts = [.. options];
        // A number for each place, drawn by the whole input: equal lists of other records come in other orders.
        Array.Sort([.. texts.Select((_, place) => XxHash3.HashToUInt64(utf8.WrittenSpan, place + 1))], texts);
        return new(texts);
    }

    /// <summary>What a prompt shows: <c>A. text</c>, in the order of the letters.</summary>
    public ValueList<string> Shown => [.. texts.Select((text, i) => $"{LetterOf(i)}. {text}")];

    /// <summary>The answers, as letters.</summary>
    public Grammar Grammar => Answers[texts.Length - 1];

    /// <summary>The answers, as texts of JSON.</summary>
    public Grammar JsonGrammar => JsonAnswers[texts.Length - 1];

    /// <summary>An option's letter.</summary>
    /// <exception cref="ArgumentException">It is none of the options.</exception>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Letter(string? text) =>
        text is null ? null
        : Array.IndexOf(texts, text) is >= 0 and var place ? LetterOf(place)
        : throw new ArgumentException($"'{text}' is none of the options {InWords(texts)}.", nameof(text));

    /// <summary>Of several that are right the letter that comes first: one that is drawn, as the order is.</summary>
    /// <exception cref="ArgumentException">One is none of the options, or there are none.</exception>
    [return: NotNullIfNotNull(nameof(right))]
    public ValueList<string>? Letter(ValueList<string>? right) =>
        right is null ? null
        : right.Count == 0 ? throw new ArgumentException("there is no right option.", nameof(right))
        : [right.Select(text => Letter(text)!).Min(StringComparer.Ordinal)!];

    /// <summary>The option that an answer in JSON names.</summary>
    /// <exception cref="RecordException">It is no letter of an option.</exception>
    [return: NotNullIfNotNull(nameof(letter))]
    public string? Text(string field, string? letter) =>
        letter is null ? null
        : TryText(Encoding.UTF8.GetBytes(letter), out var text) ? text
        : throw new RecordException(field, RecordPath.Quote(letter), $"one of the letters {InWords(Letters(texts.Length))}");

    /// <inheritdoc cref="Text(string, string?)"/>
    [return: NotNullIfNotNull(nameof(letter))]
    public ValueList<string>? Text(string field, ValueList<string>? letter) => letter is null ? null : [Text(field, letter[0])];

    /// <summary>Reads an answer; the error says why it is none.</summary>
    public bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        error = TryText(utf8, out text)
            ? null
            : $"{RecordPath.Quote(Encoding.UTF8.GetString(utf8))} is none of the letters {InWords(Letters(texts.Length))}";
        return error is null;
    }

    /// <summary>Of options that are right, the one that an answer gives; else the first.</summary>
    /// <param name="right">The options that are right.</param>
    /// <param name="answer">What is answered; null where that does not parse.</param>
    [return: NotNullIfNotNull(nameof(right))]
    public static ValueList<string>? Given(ValueList<string>? right, ValueList<string>? answer) =>
        right is null or { Count: 0 } ? right
        : answer is [var given] && right.Contains(given) ? answer
        : [right[0]];

    /// <summary>Checks that there are options, no two alike, and not more than letters.</summary>
    /// <exception cref="RecordException">It is not so.</exception>
    public static void Check(string field, ValueList<string>? options)
    {
        if (Fault(field, options) is { } fault)
            throw fault;
    }

    /// <summary>Checks that an answer is one of the options of its record.</summary>
    /// <exception cref="RecordException">It is not.</exception>
    public static void Check(string field, string? answer, string of, ValueList<string> options)
    {
        Check(of, options);
        if (answer is not null && !options.Contains(answer))
            throw new RecordException(
                field,
                RecordPath.Quote(answer),
                $"one of the options in '{of}', letter by letter as it stands there: {InWords([.. options])}"
            );
    }

    /// <summary>Checks that answers, of which any is right, are each one of the options of their record.</summary>
    /// <exception cref="RecordException">One is not.</exception>
    public static void Check(string field, ValueList<string>? right, string of, ValueList<string> options)
    {
        Check(of, options);
        for (var i = 0; i < right?.Count; i++)
            Check(right.Count == 1 ? field : $"{field}[{i}]", right[i], of, options);
    }

    private static RecordException? Fault(string field, [NotNull] ValueList<string>? options)
    {
        options ??= [];
        if (options.Count is 0 or > Most)
            return new(field, options.Count == 0 ? "no options" : $"{options.Count} options", $"from 1 to {Most}, as many as letters");
        for (var i = 0; i < options.Count; i++)
            if (string.IsNullOrWhiteSpace(options[i]))
                return new($"{field}[{i}]", "a blank option", "a text that says something");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Count; i++)
            if (!seen.Add(options[i]))
                return new($"{field}[{i}]", $"{RecordPath.Quote(options[i])} a second time", "each option once");
        return null;
    }

    private bool TryText(ReadOnlySpan<byte> letter, [NotNullWhen(true)] out string? text)
    {
        text = letter is [var only] && only - 'A' is >= 0 and var place && place < texts.Length ? texts[place] : null;
        return text is not null;
    }

    private static IReadOnlyList<string> Letters(int count) => [.. Enumerable.Range(0, count).Select(LetterOf)];

    private static string LetterOf(int place) => ((char)('A' + place)).ToString();

    private static string InWords(IReadOnlyList<string> texts) =>
        string.Join(", ", texts.Take(texts.Count > Named + 1 ? Named : texts.Count).Select(RecordPath.Quote))
        + (texts.Count > Named + 1 ? $" and {texts.Count - Named} more" : "");
}
