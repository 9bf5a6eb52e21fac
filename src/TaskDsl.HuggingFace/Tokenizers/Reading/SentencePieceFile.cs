using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>What a SentencePiece piece is.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>What a SentencePiece <c>.model</c> says.</summary>
internal sealed class SentencePieceFile
{
    private SentencePieceFile(string path, ReadOnlySpan<byte> bytes)
    {
        Path = path;
        var message = new Protobuf(bytes);
        while (message.Next())
        {
            if (message.Field == 1)
                ReadPiece(message.Bytes);
            else if (message.Field == 2)
                ReadTrainer(message.Bytes);
            else if (message.Field == 3)
                ReadNormalizer(message.Bytes);
            else if (message.Field == 5 && HasCharsMap(message.Bytes))
                throw new ModelException($"{path}: it has a denormalizer, which is not supported.");
        }

        if (Pieces.Count == 0)
            throw new ModelException($"{path} has no pieces; is it a SentencePiece model?");
        if (Pieces.Count(p => p.Kind == PieceKind.Unknown) != 1)
            throw new ModelException($"{path}: it has not just one unknown piece.");
        if (Pieces.FirstOrDefault(p => p.Kind == PieceKind.Unused).Text is { } unused)
            throw new ModelException($"{path}: the piece '{unused}' is marked as unused, which is not supported.");
    }

    public string Path { get; }

    public List<(string Text, float Score, PieceKind Kind)> Pieces { get; } = [];

    /// <summary>1 = unigram, 2 = BPE, 3 = word, 4 = character.</summary>
    public int Model { get; private set; } = 1;

    public bool ByteFallback { get; private set; }

    public string UnknownSurface { get; private set; } = " \u2047 ";

    public byte[] CharsMap { get; private set; } = [];

    public bool DummyPrefix { get; private set; } = true;

    public bool RemoveExtraSpaces { get; private set; } = true;

    public bool EscapeSpaces { get; private set; } = true;

    public static SentencePieceFile Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new(path, bytes);
        }
        catch (FormatException e)
        {
            throw new ModelException($"{path} is no SentencePiece model: {e.Message}.", e);
        }
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        var message = new Protobuf(bytes);
        while (message.Next())
        {
            if (message.Field == 1)
                text = Encoding.UTF8.GetString(message.Bytes);
            else if (message.Field == 2)
                score = message.Single;
            else if (message.Field == 3)
                kind = (PieceKind)message.Number;
        }

        if (text.Length == 0 || !Enum.IsDefined(kind))
            throw new ModelException($"{Path}: the piece {Pieces.Count} ('{text}') is empty or of an unknown kind.");
        Pieces.Add((text, score, kind));
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        var message = new Protobuf(bytes);
        while (message.Next())
        {
            if (message.Field == 3)
                Model = (int)message.Number;
            else if (message.Field == 35)
                ByteFallback = message.Number != 0;
            else if (message.Field == 44)
                UnknownSurface = Encoding.UTF8.GetString(message.Bytes);
            else if (message.Field == 24 && message.Number != 0)
                throw new ModelException($"{Path}: treat_whitespace_as_suffix is not supported.");
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var message = new Protobuf(bytes);
        while (message.Next())
        {
            if (message.Field == 2)
                CharsMap = message.Bytes.ToArray();
            else if (message.Field == 3)
                DummyPrefix = message.Number != 0;
            else if (message.Field == 4)
                RemoveExtraSpaces = message.Number != 0;
            else if (message.Field == 5)
                EscapeSpaces = message.Number != 0;
        }
    }

    private static bool HasCharsMap(ReadOnlySpan<byte> bytes)
    {
        var message = new Protobuf(bytes);
        while (message.Next())
            if (message.Field == 2 && !message.Bytes.IsEmpty)
                return true;
        return false;
    }
}
