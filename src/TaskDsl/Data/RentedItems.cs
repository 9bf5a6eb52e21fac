using System.Buffers;
using System.Runtime.CompilerServices;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Gathers items in rented memory.</summary>
internal struct RentedItems<T>()
{
    private T[] items = ArrayPool<T>.Shared.Rent(8);
    private int count;

    public void Add(T item)
    {
        if (count == items.Length)
        {
            var larger = ArrayPool<T>.Shared.Rent(count * 2);
            items.CopyTo(larger, 0);
            Return();
            items = larger;
        }

        items[count++] = item;
    }

    public readonly ValueList<T> ToValueList()
    {
        var list = ValueList.Create<T>(items.AsSpan(0, count));
        Return();
        return list;
    }

    private readonly void Return() => ArrayPool<T>.Shared.Return(items, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
}
