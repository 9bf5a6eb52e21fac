using System.Globalization;
using System.Text.Json;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>What was seen of one column, or of one property of an object, or of the items of a list. What it holds is bounded.</summary>
/// <param name="name">Its name.</param>
internal sealed class Column(string name)
{
    // An object with more is no record but a table of its own.
    private const int MostMembers = 40;

    private readonly Dictionary<string, Column> members = new(StringComparer.Ordinal);

    /// <summary>Its name in the file.</summary>
    public string Name { get; } = name;

    /// <summary>Values that are there and not blank.</summary>
    public long Present { get; private set; }

    /// <summary>Texts among them.</summary>
    public long Texts { get; private set; }

    /// <summary>Numbers of JSON.</summary>
    public long Numbers { get; private set; }

    /// <summary>True and false of JSON.</summary>
    public long Bools { get; private set; }

    /// <summary>Objects.</summary>
    public long Objects { get; private set; }

    /// <summary>Lists.</summary>
    public long Lists { get; private set; }

    /// <summary>Values that read as whole numbers of 32 bits, texts among them.</summary>
    public long Whole { get; private set; }

    /// <summary>Values that read as numbers, texts among them.</summary>
    public long Numeric { get; private set; }

    /// <summary>Texts that are <c>true</c> or <c>false</c>.</summary>
    public long Logical { get; private set; }

    /// <summary>Texts that are dates.</summary>
    public long Dates { get; private set; }

    /// <summary>Texts that are links.</summary>
    public long Links { get; private set; }

    /// <summary>Texts with HTML in them.</summary>
    public long Markup { get; private set; }

    /// <summary>Texts with a mail address in them.</summary>
    public long Mails { get; private set; }

    /// <summary>Texts with a telephone number in them.</summary>
    public long Phones { get; private set; }

    /// <summary>Texts that are a list or an object, written as text.</summary>
    public long Structures { get; private set; }

    /// <summary>Texts of several lines.</summary>
    public long Lines { get; private set; }

    /// <summary>Texts with a blank in them.</summary>
    public long Spaced { get; private set; }

    /// <summary>Whether an object had more properties than a record may have.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How many tokens its texts have, about.</summary>
    public Lengths Tokens { get; } = new();

    /// <summary>How many signs its texts have.</summary>
    public Lengths Characters { get; } = new();

    /// <summary>What its texts are written in.</summary>
    public ScriptCount Scripts { get; } = new();

    /// <summary>Its different values, as texts.</summary>
    public Values Values { get; } = new();

    /// <summary>The items of its lists; null where there were none.</summary>
    public Column? Items { get; private set; }

    /// <summary>The properties of its objects, in the order of their appearance.</summary>
    public IReadOnlyCollection<Column> Members => members.Values;

    /// <summary>Where its texts stand: itself, the items of its lists, the properties of its objects.</summary>
    public IEnumerable<Column> Leaves =>
        Items is not null ? Items.Leaves
        : members.Count > 0 ? members.Values.SelectMany(member => member.Leaves)
        : [this];

    /// <summary>Whether its values are of several kinds, so that no field could hold them.</summary>
    public bool IsMixed => new[] { Texts, Numbers, Bools, Objects, Lists }.Count(kind => kind > 0) > 1;

    /// <summary>Whether a share of its values has something.</summary>
    public bool Mostly(long count, double share = 0.9) => Present > 0 && count >= share * Present;

    /// <summary>Looks at a value.</summary>
    public void Add(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when value.GetString() is { } text && !string.IsNullOrWhiteSpace(text):
                Present++;
                Texts++;
                Look(text);
                break;
            case JsonValueKind.Number:
                Present++;
                Numbers++;
                Numeric++;
                if (value.TryGetInt32(out _))
                    Whole++;
                Values.Add(value.GetRawText());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Present++;
                Bools++;
                Values.Add(value.GetRawText());
                break;
            case JsonValueKind.Array:
                Present++;
                Lists++;
                foreach (var item in value.EnumerateArray())
                    (Items ??= new Column(Name)).Add(item);
                break;
            case JsonValueKind.Object:
                Present++;
                Objects++;
                foreach (var member in value.EnumerateObject())
                    Member(member.Name)?.Add(member.Value);
                break;
        }
    }

    private Column? Member(string member)
    {
        if (members.TryGetValue(member, out var column))
            return column;
        if (members.Count == MostMembers)
        {
            IsOpen = true;
            return null;
        }

        members.Add(member, column = new Column(member));
        return column;
    }

    private void Look(string text)
    {
        Values.Add(text);
        Tokens.Add(Scripts.Add(text));
        Characters.Add(text.Length);
        if (text.AsSpan().ContainsAny('\n', '\r'))
            Lines++;
        if (text.AsSpan().Trim().Contains(' '))
            Spaced++;
        if (text.Length <= 32 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (double.IsFinite(number))
                Numeric++;
            if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
                Whole++;
        }
        else if (text.Length <= 8 && bool.TryParse(text, out _))
        {
            Logical++;
        }
        else if (Signs.IsDate(text))
        {
            Dates++;
        }

        if (Signs.IsLink(text))
            Links++;
        if (Signs.HasMarkup(text))
            Markup++;
        if (Signs.HasMail(text))
            Mails++;
        if (Signs.HasPhone(text))
            Phones++;
        if (Signs.IsStructure(text))
            Structures++;
    }
}
