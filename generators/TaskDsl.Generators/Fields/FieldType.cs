using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary>
/// A type of fields: its word in the YAML, and the C# that holds a value of it, reads, writes, constrains, scores and prints it. A type is
/// one sealed record, in a file of its own, with a constructor without parameters; nothing else names it.
/// </summary>
public abstract record FieldType
{
    // What the generator is made of is found once: it does not change while a compiler runs.
    private static readonly Lazy<FieldType[]> Found = new(() =>
        [
            .. typeof(FieldType)
                .Assembly.GetTypes()
                .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(FieldType)))
                .Select(type => (FieldType)Activator.CreateInstance(type))
                .OrderBy(type => type.Word, StringComparer.Ordinal),
        ]
    );

    /// <summary>All types, by their words.</summary>
    public static IReadOnlyList<FieldType> All => Found.Value;

    /// <summary>The word that begins it.</summary>
    public abstract string Word { get; }

    /// <summary>The word as people are told of it, with what must stand behind it.</summary>
    public virtual string Hint => Word;

    /// <summary>Whether the field may be absent.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The type of a list's items; of another type itself.</summary>
    public virtual FieldType Innermost => this;

    /// <summary>Whether it is one text, which others can be copied from.</summary>
    public virtual bool IsText => false;

    /// <summary>Whether its values are copied from a text of the input, where <c>of</c> names one.</summary>
    public virtual bool IsCopied => false;

    /// <summary>Whether its values are options of a list of the input, which <c>of</c> must name.</summary>
    public virtual bool IsChosen => false;

    /// <summary>C# of that which its answers are made of, in a member of the task that has an <c>input</c>.</summary>
    /// <param name="of">The field of the input that <c>of</c> names.</param>
    public virtual string Source(FieldModel of) =>
        of.Type.IsOptional ? $"(((Input)input).{of.Property} ?? \"\")" : $"((Input)input).{of.Property}";

    /// <summary>C# that checks that it is made of what <c>of</c> names.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">C# of the value.</param>
    /// <param name="source">C# of the text or list that <c>of</c> names.</param>
    public virtual string CheckCopied(FieldModel field, string value, string source) => throw new NotSupportedException(Word);

    /// <summary>What one of its labels is called; null where it has none.</summary>
    public virtual string? LabelWord => null;

    /// <summary>Where its label stands in an object, the name there; null where the label is the value.</summary>
    public virtual string? LabelProperty => null;

    /// <summary>Whether a value of it is always one comparable item.</summary>
    public virtual bool IsOneItem => true;

    /// <summary>Whether it is made of fields.</summary>
    public virtual bool HasFields => false;

    /// <summary>
    /// The format of an answer that is one value of it, and never absent, where the task names none; null where that is JSON.
    /// </summary>
    public virtual string? Format => null;

    /// <summary>The type with its <c>?</c>, as people write it.</summary>
    public string Written => Text + (IsOptional ? "?" : "");

    /// <summary>Reads what stands behind the word; null where that is wrong, with a problem.</summary>
    public virtual FieldType? Parse(FieldTypeParser parser, int start, int depth) => this;

    /// <summary>The name of the C# type that is generated for a field of it; empty where there is none.</summary>
    /// <param name="names">Gives out names.</param>
    /// <param name="wished">The field's own name.</param>
    /// <param name="isItem">Whether the field is a list of it.</param>
    public virtual string TypeName(FieldNames names, string wished, bool isItem) => "";

    /// <summary>The C# type of the property, with its <c>?</c>.</summary>
    public string Property(FieldModel field) => CSharp(field) + (IsOptional ? "?" : "");

    /// <summary>C# of what a variable holds until the field is read.</summary>
    public string Absent =>
        IsOptional ? "null"
        : IsValue ? "default"
        : "null!";

    /// <summary>A grammar in C#: <see cref="Grammar"/>, where the field may be absent with JSON's null.</summary>
    /// <param name="field">The field.</param>
    /// <param name="source">C# of its <see cref="Source"/>; null where there is none.</param>
    public string Value(FieldModel field, string? source) =>
        IsOptional ? Json($"Optional({Grammar(field, source)})") : Grammar(field, source);

    /// <summary>Why an answer with this surface form of a label could not be read back; null where it can.</summary>
    public string? Refuse(string surface) =>
        surface.Trim().Length == 0 ? "it is empty"
        : surface.Trim() != surface ? "it begins or ends with a blank"
        : surface.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') ? "it has a line break or another control character"
        : surface.Length > 200 ? "it has more than 200 characters"
        : RefuseLabel(surface);

    /// <summary>What only this type refuses in a label; null for nothing.</summary>
    protected virtual string? RefuseLabel(string surface) => null;

    /// <summary>The type in words, without its <c>?</c>.</summary>
    protected virtual string Text => Word;

    /// <summary>Whether it is a struct in C#.</summary>
    protected virtual bool IsValue => false;

    /// <summary>The C# type.</summary>
    public abstract string CSharp(FieldModel field);

    /// <summary>The static method that reads it; null where an expression does, see <see cref="Read"/>.</summary>
    public virtual string? Reader(FieldModel field) => null;

    /// <summary>The static method that writes it; null where an expression does, see <see cref="Write"/>.</summary>
    public virtual string? Writer(FieldModel field) => null;

    /// <summary>C# that reads it from a record.</summary>
    /// <param name="field">The field.</param>
    /// <param name="reader">C# of the <c>RecordReader</c>.</param>
    public abstract string Read(FieldModel field, string reader);

    /// <summary>C# that writes it into a record.</summary>
    /// <param name="field">The field.</param>
    /// <param name="writer">C# of the <c>RecordWriter</c>.</param>
    /// <param name="value">C# of the value.</param>
    public abstract string Write(FieldModel field, string writer, string value);

    /// <summary>C# of the grammar of its JSON.</summary>
    /// <param name="field">The field.</param>
    /// <param name="source">C# of its <see cref="Source"/>; null where there is none.</param>
    public abstract string Grammar(FieldModel field, string? source);

    /// <summary>C# of its value, from that of what its format has parsed.</summary>
    public virtual string Parsed(FieldModel field, string value) => value;

    /// <summary>C# that adds it to the comparable items of an output.</summary>
    /// <param name="field">The field.</param>
    /// <param name="path">C# of the item's path.</param>
    /// <param name="value">C# of the value.</param>
    public virtual string Item(FieldModel field, string path, string value) => $"items.Add({path}, {value})";

    /// <summary>What templates see of it.</summary>
    /// <param name="field">The field.</param>
    /// <param name="label">How a field's labels are printed.</param>
    public abstract TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label);

    /// <summary>C# of a member of the grammars of JSON values.</summary>
    protected static string Json(string member) => $"global::TaskDsl.Codecs.JsonGrammar.{member}";
}
