/* Prints, in UTF-8, each pair of bytes of EUC-KR that it is given in hexadecimal. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		unsigned pair;
		char to[64] = { 0 }, from[2], *in = from, *out = to + 16;
		size_t left = sizeof from, room = 8;
		sscanf(argv[i], "%x", &pair);
		from[0] = pair >> 8;
		from[1] = pair;
		iconv_t cd = iconv_open("UTF-8", "EUC-KR");
		errno = 0;
		if (iconv(cd, &in, &left, &out, &room) == (size_t)-1)
			printf("%s: %s\n", argv[i], strerror(errno));
		else
			printf("%s: %s\n", argv[i], to + 16);
		iconv_close(cd);
	}
	return 0;
}
