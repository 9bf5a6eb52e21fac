using System.Text;

namespace TaskDsl.Data;

/// <summary>The fields that one JSON object may have.</summary>
public sealed class RecordFields
{
    /// <summary>More fields than one object can have.</summary>
    internal const int Limit = 64;

    /// <summary>Names the fields.</summary>
    /// <param name="names">The names, in the order of their declaration; a <c>?</c> behind a name says that the field may be absent, a
    /// <c>!</c> that it may be there and is passed over.
    /// </param>
    public RecordFields(params ReadOnlySpan<string> names)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Length, Limit, nameof(names));
        Names = new string[names.Length];
        Utf8 = new byte[names.Length][];
        for (var i = 0; i < names.Length; i++)
        {
            Names[i] = names[i].TrimEnd('?', '!');
            Utf8[i] = Encoding.UTF8.GetBytes(Names[i]);
            if (names[i].EndsWith('!'))
                PassedOver |= 1UL << i;
            else if (!names[i].EndsWith('?'))
                Required |= 1UL << i;
        }
    }

    internal string[] Names { get; }

    internal byte[][] Utf8 { get; }

    internal ulong Required { get; }

    internal ulong PassedOver { get; }

    /// <summary>How far one object has been read.</summary>
    public struct Cursor
    {
        internal readonly RecordFields Fields;
        internal readonly bool Outermost;
        internal ulong Seen;
        internal int Index;

        internal Cursor(RecordFields fields, bool outermost)
        {
            Fields = fields;
            Outermost = outermost;
            Index = -1;
        }

        /// <summary>The name of the field whose value stands next.</summary>
        public readonly string Name => Fields.Names[Index];
    }
}
