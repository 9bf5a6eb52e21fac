using System.Text;
using System.Text.Unicode;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers;

// From text to tokens: special tokens first, then normal forms, pieces, and the model.
public sealed partial class Tokenizer
{
    private void Encode(ReadOnlySpan<byte> utf8, bool special, Place place, List<int> ids)
    {
        if (!takesAnyBytes && !Utf8.IsValid(utf8))
            utf8 = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));
        for (var from = 0; from < utf8.Length; )
        {
            var token = added.Find(utf8, from, special, out var start, out var end);
            EncodeNormalized(utf8[from..(token is null ? utf8.Length : start)], special, from == 0 ? place : Place.BehindToken, ids);
            if (token is null)
                return;
            ids.Add(token.Id);
            from = end;
        }
    }

    private void EncodeNormalized(ReadOnlySpan<byte> utf8, bool special, Place place, List<int> ids)
    {
        if (utf8.IsEmpty)
            return;
        if (parts.Normalizer is not null)
            utf8 = parts.Normalizer.Apply(utf8, place);
        for (var from = 0; from < utf8.Length; )
        {
            var token = addedNormalized.Find(utf8, from, special, out var start, out var end);
            EncodePlain(utf8[from..(token is null ? utf8.Length : start)], special, from == 0 ? place : Place.BehindToken, ids);
            if (token is null)
                return;
            ids.Add(token.Id);
            from = end;
        }
    }

    private void EncodePlain(ReadOnlySpan<byte> utf8, bool special, Place place, List<int> ids)
    {
        if (utf8.IsEmpty)
            return;
        if (parts.PreTokenizers.Count == 0)
        {
            EncodePiece(utf8, special, ids);
            return;
        }

        var pieces = spare ?? new Pieces();
        spare = null;
        pieces.Begin(utf8, place);
        for (var i = 0; i < parts.PreTokenizers.Count; i++)
        {
            if (i > 0 && parts.PreTokenizers[i - 1] is ByteLevelPreTokenizer)
                pieces.ShowBytes();
            parts.PreTokenizers[i].Apply(pieces);
        }

        foreach (var piece in pieces.Ranges)
            EncodePiece(pieces.Bytes(piece), special, ids);
        spare = pieces;
    }

    private void EncodePiece(ReadOnlySpan<byte> piece, bool special, List<int> ids)
    {
        if (special)
            parts.Model.Encode(piece, ids);
        else
            parts.Model.EncodePlain(piece, neverPlain, ids);
    }
}
