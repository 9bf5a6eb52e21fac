namespace TaskDsl.Prompts;

/// <summary>What a stretch of a rendered prompt is, for the tokeniser and for the loss.</summary>
[Flags]
public enum SegmentKind : byte
{
    /// <summary>Text that the model is given; special tokens in it stay plain text.</summary>
    Prompt = 0,

    /// <summary>Text that the model must produce: it carries the loss.</summary>
    Answer = 1,

    /// <summary>Text in which the tokeniser recognises special tokens (<c>&lt;|im_end|&gt;</c>): only chat formats write it.</summary>
    Control = 2,

    /// <summary>The model's end-of-text token, whatever it is called; the segment has no text.</summary>
    EndOfText = 4,
}
