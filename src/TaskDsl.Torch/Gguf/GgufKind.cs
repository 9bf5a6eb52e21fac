namespace TaskDsl.Torch.Gguf;

/// <summary>The kinds of a file's settings, by the numbers that stand before them.</summary>
internal static class GgufKind
{
    public const uint Array = 9,
        Text = 8;

    public static uint Of(object value) =>
        value switch
        {
            uint => 4,
            int => 5,
            float => 6,
            bool => 7,
            string => Text,
            System.Array => Array,
            _ => throw new NotSupportedException($"A setting of a GGUF file cannot be a {value.GetType().Name}."),
        };

    public static uint OfItems(System.Array items) =>
        items switch
        {
            uint[] => 4,
            int[] => 5,
            float[] => 6,
            string[] => Text,
            _ => throw new NotSupportedException($"A list in a GGUF file cannot be a {items.GetType().Name}."),
        };
}
